package io.growalert.dispatcher.template;

import io.growalert.dispatcher.handler.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The outcome of an HTTP status that is no success. */
public final class StatusRule {
    /** Statuses of a temporary cause (a deployment, a changed secret, a missing route) as well as of a receiver that is gone. */
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 409, 425);

    private StatusRule() {}

    public static boolean isSuccess(int status) {
        return status >= 200 && status < 300;
    }

    /**
     * 408, 429 and 5xx are retried, a success without a valid answer too; 401, 403, 404, 409 and 425 are refusals; all others are
     * rejections.
     */
    public static Outcome failure(int status, String reason, Optional<Duration> after) {
        if (status == 408 || status == 429 || status >= 500 || isSuccess(status)) {
            return new Outcome.Retry(reason, after);
        }
        if (REFUSALS.contains(status)) {
            return new Outcome.Refused(reason, after);
        }
        return new Outcome.Rejected(reason);
    }
}
