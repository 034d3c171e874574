package io.growalert.events;

/** How a series or a whole run was judged. */
public enum Status {
    PASSED,
    /** Passed beyond the {@code degraded} threshold. It counts as passed wherever results are counted. */
    DEGRADED,
    FAILED,
    /** A series that stopped reporting. Only the dispatcher decides this, so that no check result has it. */
    NO_DATA
}
