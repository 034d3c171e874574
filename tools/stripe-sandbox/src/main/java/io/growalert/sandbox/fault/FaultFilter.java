package io.growalert.sandbox.fault;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.CallFilter;
import io.growalert.sandbox.http.JsonNodes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Applies the faults of requests. */
public final class FaultFilter implements CallFilter {
    private final Faults faults;

    public FaultFilter(Faults faults) {
        this.faults = faults;
    }

    @Override
    public @Nullable ApiResponse before(ApiCall call) {
        var fault =
                faults.first(Fault.BeforeWork.class, call.method(), call.path()).orElse(null);
        return switch (fault) {
            case null -> null;
            case Fault.RateLimit(Duration retryAfter) -> rateLimited(retryAfter);
            case Fault.ErrorBefore() -> failed();
            case Fault.Refuse refuse -> refused(refuse);
            case Fault.Hang(Duration by) -> {
                hang(by);
                yield null;
            }
        };
    }

    private static void hang(Duration by) {
        try {
            Thread.sleep(by);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the sandbox stops
        }
    }

    @Override
    public ApiResponse after(ApiCall call, ApiResponse answer) {
        return faults.first(Fault.AfterWork.class, call.method(), call.path())
                .map(fault -> switch (fault) {
                    case Fault.ErrorAfter() -> failed();
                    case Fault.HangAfter(Duration by) -> answer.with(ApiResponse.HANG, Long.toString(by.toMillis()));
                    case Fault.CutAfter() -> answer.with(ApiResponse.CUT, "true");
                })
                .orElse(answer);
    }

    private static ApiResponse rateLimited(Duration retryAfter) {
        return error(
                        429,
                        "invalid_request_error",
                        "rate_limit",
                        "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.")
                .with("Retry-After", Long.toString(retryAfter.plusMillis(999).toSeconds()));
    }

    private static ApiResponse refused(Fault.Refuse refuse) {
        var body = JsonNodes.object();
        var error = body.putObject("error").put("type", refuse.type()).put("message", refuse.message());
        put(error, "code", refuse.code());
        put(error, "param", refuse.param());
        put(error, "decline_code", refuse.declineCode());
        return ApiResponse.json(refuse.status(), body);
    }

    private static void put(ObjectNode error, String name, @Nullable String value) {
        if (value != null) {
            error.put(name, value);
        }
    }

    private static ApiResponse failed() {
        return error(500, "api_error", null, "An unknown error occurred. The sandbox was asked for it.");
    }

    private static ApiResponse error(int status, String type, @Nullable String code, String message) {
        var body = JsonNodes.object();
        var error = body.putObject("error").put("type", type).put("message", message);
        put(error, "code", code);
        return ApiResponse.json(status, body);
    }
}
