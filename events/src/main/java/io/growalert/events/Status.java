package io.growalert.events;

/** How a series or a whole run was judged. */
public enum Status {
    PASSED,
    /** Passed, with something to say. It counts as passed wherever results are counted. */
    DEGRADED,
    FAILED,
    /** A series that stopped reporting. Only the dispatcher decides this, so no check result carries it. */
    NO_DATA
}
