package io.growalert.gateway;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerResponse;

/** A request that is not answered by who was asked, but by the gateway. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;
    private final transient Map<String, String> headers;

    Refusal(Problem problem, Map<String, String> headers, @Nullable Throwable cause) {
        super(problem.code(), cause, false, false);
        this.problem = problem;
        this.headers = Map.copyOf(headers);
    }

    Refusal(Problem problem, @Nullable Throwable cause) {
        this(problem, Map.of(), cause);
    }

    /** The same, saying when it is worth another try. */
    static Refusal retryAfter(Problem problem, Duration wait, @Nullable Throwable cause) {
        return new Refusal(problem, Map.of(HttpHeaders.RETRY_AFTER, seconds(wait)), cause);
    }

    /** Whole ones, and at least one. */
    static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
    }

    Problem problem() {
        return problem;
    }

    ServerResponse response() {
        return ServerResponse.status(problem.status())
                .headers(answered -> {
                    headers.forEach(answered::set);
                    answered.setCacheControl("no-store");
                })
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem.json());
    }
}
