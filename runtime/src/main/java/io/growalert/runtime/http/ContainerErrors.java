package io.growalert.runtime.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Rejections by the container, a filter or a servlet, as problem details. */
@RestController
final class ContainerErrors implements ErrorController {
    @RequestMapping("/error")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code ? code : 404;
        var known = HttpStatus.resolve(status);
        var reason = known == null ? "Error" : known.getReasonPhrase();
        var problem = CommonProblem.of(status);
        var body = ProblemDetail.forStatusAndDetail(
                HttpStatus.valueOf(status),
                problem == CommonProblem.INTERNAL_ERROR ? ProblemAdvice.INTERNAL_ERROR : reason);
        body.setProperty(ProblemCode.CODE, problem.code());
        return ResponseEntity.status(status).body(body);
    }
}
