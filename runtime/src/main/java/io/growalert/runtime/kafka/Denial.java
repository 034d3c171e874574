package io.growalert.runtime.kafka;

/** Why Kafka denies access, in one line for operators. */
final class Denial {
    private Denial() {}

    static String deepestReason(Throwable failure) {
        var deepest = failure;
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            deepest = cause;
        }
        return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
    }
}
