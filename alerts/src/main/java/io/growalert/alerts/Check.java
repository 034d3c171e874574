package io.growalert.alerts;

/** Looks at something and says whether it is well. */
@FunctionalInterface
public interface Check {
    /**
     * Runs once. Never called again before the last call has returned. What it throws, an {@link Error} included, is a
     * failure with that error; so is answering {@code null}.
     *
     * <p>At {@link CheckContext#deadline()}, or later by as long as the process was paused meanwhile, the run has failed
     * with a {@link CheckTimeoutException} whatever happens here: the thread is interrupted and what this method answers
     * after that is discarded. A check that ignores the interrupt misses its slots until it returns.
     */
    CheckResult run(CheckContext context) throws Exception;
}
