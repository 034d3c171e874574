package io.growalert.sandbox.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A response that is an error, in Stripe's shape. What was changed before it was thrown stays changed, as with a declined card. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient ObjectNode error = JsonNodes.object();

    private ApiError(int status, String type, @Nullable String code, String message) {
        super(message, null, false, false);
        this.status = status;
        error.put("type", type);
        error.put("message", message);
        if (code != null) {
            error.put("code", code);
            error.put("doc_url", "https://stripe.com/docs/error-codes/" + code.replace('_', '-'));
        }
    }

    public static ApiError invalid(String message) {
        return new ApiError(400, "invalid_request_error", null, message);
    }

    public static ApiError invalid(String code, String message) {
        return new ApiError(400, "invalid_request_error", code, message);
    }

    public static ApiError missingParam(String param) {
        return invalid("parameter_missing", "Missing required param: %s.".formatted(param))
                .param(param);
    }

    public static ApiError noSuch(String kind, String id, String param) {
        return new ApiError(404, "invalid_request_error", "resource_missing", "No such %s: '%s'".formatted(kind, id))
                .param(param);
    }

    /** The error for a body that refers to a missing object: not 404, since the request's own address exists. */
    public static ApiError refersToNone(String kind, String id, String param) {
        return invalid("resource_missing", "No such %s: '%s'".formatted(kind, id))
                .param(param);
    }

    public static ApiError notFound(String code, String message) {
        return new ApiError(404, "invalid_request_error", code, message);
    }

    public static ApiError unknownAddress(String method, String path) {
        return new ApiError(
                404,
                "invalid_request_error",
                null,
                "Unrecognized request URL (%s: %s). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
                        .formatted(method, path));
    }

    public static ApiError unauthorized(String message) {
        return new ApiError(401, "invalid_request_error", null, message);
    }

    public static ApiError forbidden(String message) {
        return new ApiError(403, "invalid_request_error", "secret_key_required", message);
    }

    public static ApiError idempotency(String message) {
        return new ApiError(400, "idempotency_error", null, message);
    }

    public static ApiError keyInUse(String key) {
        return new ApiError(
                409,
                "idempotency_error",
                "idempotency_key_in_use",
                ("There is currently another in-progress request using this Idempotent Key (that probably means you submitted"
                                + " twice, and the other request is still going through): %s. Please try again later.")
                        .formatted(key));
    }

    public static ApiError card(String code, @Nullable String declineCode, String message) {
        var error = new ApiError(402, "card_error", code, message);
        if (declineCode != null) {
            error.error.put("decline_code", declineCode);
        }
        return error;
    }

    public static ApiError internal() {
        return new ApiError(
                500,
                "api_error",
                null,
                "Sorry, an unexpected error occurred in the sandbox; its log has the details. This is a defect of the sandbox.");
    }

    public ApiError param(String param) {
        error.put("param", param);
        return this;
    }

    /** Adds what the error is about: a charge's id, a whole payment intent. */
    public ApiError with(String field, ObjectNode object) {
        error.set(field, JsonNodes.shown(object));
        return this;
    }

    public ApiError with(String field, String value) {
        error.put(field, value);
        return this;
    }

    int status() {
        return status;
    }

    /** The error as an intent stores it as its last one. */
    public ObjectNode error() {
        return error.deepCopy();
    }

    public ApiResponse answer() {
        var body = JsonNodes.object();
        body.set("error", error);
        return ApiResponse.json(status, body);
    }
}
