package io.growalert.history.ingest;

/** The stored offset of a partition is not the expected one: another instance stores its records. */
final class StaleOffset extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StaleOffset(String message) {
        super(message);
    }
}
