package io.growalert.history.store;

import io.growalert.events.Status;

/** A status over time, which the tables have as a number. */
public enum StoredStatus {
    PASSED(0, 0),
    DEGRADED(1, 1),
    FAILED(2, 5),
    /** A run without rows, or a run without the series. */
    NO_DATA(3, 3),
    /** The source could not be queried, or its answer was not usable. */
    ERROR(4, 4),
    /** Slots without a run. */
    MISSED(5, 2);

    private static final StoredStatus[] ALL = values();

    private final short code;
    private final int severity;

    StoredStatus(int code, int severity) {
        this.code = (short) code;
        this.severity = severity;
    }

    public static StoredStatus of(Status status) {
        return switch (status) {
            case PASSED -> PASSED;
            case DEGRADED -> DEGRADED;
            case FAILED -> FAILED;
            case NO_DATA -> NO_DATA;
        };
    }

    /** The status with this number in the tables. */
    public static StoredStatus of(int code) {
        return ALL[code];
    }

    public short code() {
        return code;
    }

    /** The more severe one: FAILED, ERROR, NO_DATA, MISSED, DEGRADED, PASSED. */
    public StoredStatus worse(StoredStatus other) {
        return other.severity > severity ? other : this;
    }
}
