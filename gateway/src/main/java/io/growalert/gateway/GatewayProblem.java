package io.growalert.gateway;

import io.growalert.runtime.http.ProblemCode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Every rejection of the gateway itself: RFC 9457 problem details with a stable {@code code}. */
enum GatewayProblem implements ProblemCode {
    BAD_REQUEST(HttpStatus.BAD_REQUEST, "the request is malformed"),
    OPERATOR_TOKEN_NEEDED(HttpStatus.UNAUTHORIZED, "the operator token is required: Authorization: Bearer <token>"),
    CORS_REFUSED(HttpStatus.FORBIDDEN, "cross-origin request refused"),
    /** Changes in a session need {@code Origin} or {@code Sec-Fetch-Site} of this site. */
    CROSS_ORIGIN(HttpStatus.FORBIDDEN, "a session can change something from pages of this site only"),
    FORBIDDEN_ROLE(HttpStatus.FORBIDDEN, "the role of this operator does not allow this request"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "not found"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "method not allowed"),
    BODY_TOO_SLOW(HttpStatus.REQUEST_TIMEOUT, "the body did not arrive in time"),
    BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "the body is too large"),
    TOO_MANY_REQUESTS(HttpStatus.TOO_MANY_REQUESTS, "too many requests from this address"),
    /** Such as a transfer encoding that the server does not know. */
    NOT_IMPLEMENTED(HttpStatus.NOT_IMPLEMENTED, "the request needs a feature that is not implemented"),
    /** The backend's response was malformed or incomplete. */
    BACKEND_FAILED(
            HttpStatus.BAD_GATEWAY,
            "the service behind the gateway closed the connection before its response was complete"),
    /** The backend is unreachable, or its circuit breaker is open. */
    BACKEND_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "the service behind the gateway is unreachable"),
    /** Such as in a gateway of a release before the history-service. */
    HISTORY_NOT_CONFIGURED(
            HttpStatus.SERVICE_UNAVAILABLE, "no history-service is configured: growalert.gateway.history-url"),
    /** All permits of the route, or all memory for bodies, are in use. */
    BACKEND_BUSY(HttpStatus.SERVICE_UNAVAILABLE, "too many requests at the same time"),
    /** The backend may have executed the request. */
    BACKEND_TIMEOUT(HttpStatus.GATEWAY_TIMEOUT, "the service behind the gateway timed out"),
    HTTP_VERSION_NOT_SUPPORTED(HttpStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP version not supported"),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "internal error");

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpStatus status;
    private final String detail;

    GatewayProblem(HttpStatus status, String detail) {
        this.status = status;
        this.detail = detail;
    }

    @Override
    public HttpStatus status() {
        return status;
    }

    String detail() {
        return detail;
    }

    /** The problem for this status of the server or the framework. */
    static GatewayProblem of(int status) {
        for (var problem : values()) {
            if (problem.status.value() == status) {
                return problem;
            }
        }
        return status < 500 ? BAD_REQUEST : INTERNAL_ERROR;
    }

    byte[] json() {
        return json(status.value());
    }

    private byte[] json(int code) {
        var known = HttpStatus.resolve(code);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "about:blank");
        members.put("title", known == null ? "Error" : known.getReasonPhrase());
        members.put("status", code);
        members.put("detail", detail);
        members.put(CODE, code());
        return JSON.writeValueAsBytes(members);
    }

    void answer(Request request, Response response, Callback callback) {
        answer(request, response, callback, status.value(), null);
    }

    /** @param wait after which a retry makes sense */
    void answer(Request request, Response response, Callback callback, @Nullable Duration wait) {
        answer(request, response, callback, status.value(), wait);
    }

    void answer(Request request, Response response, Callback callback, int code, @Nullable Duration wait) {
        var body = json(code);
        response.setStatus(code);
        var headers = response.getHeaders();
        if (wait != null) {
            headers.put(HttpHeader.RETRY_AFTER, seconds(wait));
        }
        headers.put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put(HttpHeader.CONTENT_LENGTH, body.length);
        headers.put(request.getConnectionMetaData().getConnector().getServer().getDateField());
        BrowserPolicy.bind(headers, request.isSecure());
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** Responds unless a response was committed before. */
    void answer(HttpServletResponse response, int code, @Nullable Duration wait) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        var body = json(code);
        response.setStatus(code);
        if (wait != null) {
            response.setHeader(HttpHeaders.RETRY_AFTER, seconds(wait));
        }
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        BrowserPolicy.bind(response);
        response.getOutputStream().write(body);
    }

    /** Whole seconds, at least one. */
    static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
    }
}
