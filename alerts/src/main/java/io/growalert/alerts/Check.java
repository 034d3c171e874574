package io.growalert.alerts;

/** Checks one thing and returns the outcome. */
@FunctionalInterface
public interface Check {
    /**
     * Runs once. It is not called again before it has returned. When it throws, {@link Error} included, the run has failed with
     * that error; returning {@code null} is a failure, too.
     *
     * <p>At {@link CheckContext#deadline()}, plus the time in which the process was paused, the run fails with a {@link
     * CheckTimeoutException}: the thread is interrupted and a later outcome is discarded. A check that ignores the interrupt
     * misses its slots until it returns.
     */
    CheckOutcome run(CheckContext context) throws Exception;
}
