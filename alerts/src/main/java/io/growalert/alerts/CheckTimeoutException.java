package io.growalert.alerts;

import java.time.Duration;

/** The error of a run that had no result within the monitor's timeout. */
public final class CheckTimeoutException extends Exception {
    private static final long serialVersionUID = 1;

    private final Duration timeout;

    public CheckTimeoutException(Duration timeout) {
        super("no result within " + timeout.toMillis() + " ms");
        this.timeout = timeout;
    }

    public Duration timeout() {
        return timeout;
    }
}
