package io.growalert.billing.problem;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Gives every error its {@code code}, those of the framework too, and tells nobody what broke inside. */
@RestControllerAdvice
@Order(0)
public class ProblemAdvice extends ResponseEntityExceptionHandler {
    /** The request's attribute with the code of the error that it was answered with. */
    public static final String ATTRIBUTE = ProblemAdvice.class.getName() + ".code";

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private static final Map<HttpStatus, Problem> OF_THE_FRAMEWORK = Map.of(
            HttpStatus.BAD_REQUEST, Problem.BAD_REQUEST,
            HttpStatus.NOT_FOUND, Problem.NOT_FOUND,
            HttpStatus.METHOD_NOT_ALLOWED, Problem.METHOD_NOT_ALLOWED,
            HttpStatus.NOT_ACCEPTABLE, Problem.NOT_ACCEPTABLE,
            HttpStatus.CONTENT_TOO_LARGE, Problem.BODY_TOO_LARGE,
            HttpStatus.UNSUPPORTED_MEDIA_TYPE, Problem.UNSUPPORTED_MEDIA_TYPE);

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> unexpected(RuntimeException e, WebRequest request) {
        LOG.atError().setCause(e).log("A request was not answered by a fault of ours");
        var body = Problem.INTERNAL_ERROR.body("a fault of ours; it is recorded");
        return handleExceptionInternal(e, body, new HttpHeaders(), HttpStatus.INTERNAL_SERVER_ERROR, request);
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (body instanceof ProblemDetail problem) {
            var properties = problem.getProperties();
            if (properties == null || !properties.containsKey(Problem.CODE)) {
                problem.setProperty(Problem.CODE, ofTheFramework(status).code());
            }
            request.setAttribute(ATTRIBUTE, codeOf(problem), RequestAttributes.SCOPE_REQUEST);
        }
        return super.createResponseEntity(body, headers, status, request);
    }

    private static Problem ofTheFramework(HttpStatusCode status) {
        var known = HttpStatus.resolve(status.value());
        var fallback = status.is4xxClientError() ? Problem.BAD_REQUEST : Problem.INTERNAL_ERROR;
        return known == null ? fallback : OF_THE_FRAMEWORK.getOrDefault(known, fallback);
    }

    private static String codeOf(ProblemDetail problem) {
        var properties = problem.getProperties();
        return properties == null ? "" : String.valueOf(properties.get(Problem.CODE));
    }
}
