package io.growalert.gateway;

import io.growalert.runtime.http.ProblemCode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Everything that the gateway itself refuses, as RFC 9457 problem details with a {@code code} that stays the same. */
enum Problem implements ProblemCode {
    BAD_REQUEST(HttpStatus.BAD_REQUEST, "the request is not one that can be understood"),
    OPERATOR_TOKEN_NEEDED(HttpStatus.UNAUTHORIZED, "the operator token is needed: Authorization: Bearer <token>"),
    CORS_REFUSED(HttpStatus.FORBIDDEN, "pages of other sites may not use this"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "there is nothing here"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "this is not for that method"),
    BODY_TOO_SLOW(HttpStatus.REQUEST_TIMEOUT, "the body did not come in time"),
    BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "the body is too large"),
    TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS, "too many requests of this address"),
    /** Such as a transfer encoding that the container does not know. */
    NOT_IMPLEMENTED(HttpStatus.NOT_IMPLEMENTED, "the request needs something that is not implemented"),
    /** The backend answered with something that is no answer, or broke off. */
    BACKEND_FAILED(HttpStatus.BAD_GATEWAY, "the service behind this broke off its answer"),
    /** It cannot be reached, or is left alone since it could not be. */
    BACKEND_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "the service behind this cannot be reached"),
    /** As much is with it as may be, or there is no room for a body. */
    BACKEND_BUSY(HttpStatus.SERVICE_UNAVAILABLE, "there is too much to do at the moment"),
    /** The backend may have done what it was asked for. */
    BACKEND_TIMEOUT(HttpStatus.GATEWAY_TIMEOUT, "the service behind this did not answer in time"),
    HTTP_VERSION_NOT_SUPPORTED(HttpStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is supported"),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "internal error");

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpStatus status;
    private final String detail;

    Problem(HttpStatus status, String detail) {
        this.status = status;
        this.detail = detail;
    }

    @Override
    public HttpStatus status() {
        return status;
    }

    Refusal refusal() {
        return new Refusal(this, Map.of(), null);
    }

    static Problem of(int status) {
        for (var problem : values()) {
            if (problem.status.value() == status) {
                return problem;
            }
        }
        return status < 500 ? BAD_REQUEST : INTERNAL_ERROR;
    }

    byte[] json() {
        return JSON.writeValueAsBytes(members(status.value(), status.getReasonPhrase()));
    }

    /** The same, saying when it is worth another try. */
    void answer(HttpServletResponse response, Duration wait) throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, Refusal.seconds(wait));
        answer(response);
    }

    private Map<String, Object> members(int code, String title) {
        var members = new LinkedHashMap<String, Object>();
        members.put("type", "about:blank");
        members.put("title", title);
        members.put("status", code);
        members.put("detail", detail);
        members.put(CODE, code());
        return members;
    }

    /** Answers with this, when nothing has been answered yet. */
    void answer(HttpServletResponse response) throws IOException {
        answer(response, status.value());
    }

    void answer(HttpServletResponse response, int code) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        var known = HttpStatus.resolve(code);
        var body = JSON.writeValueAsBytes(members(code, known == null ? "Error" : known.getReasonPhrase()));
        response.setStatus(code);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        PagePolicy.bind(response);
        response.getOutputStream().write(body);
    }
}
