package io.growalert.alerts;

/** What the schedule wants done now. */
sealed interface Due {
    /** Hand this over to the executor. */
    record Start(Execution execution) implements Due {}

    /** This took too long, and its thread has been interrupted; tell so. */
    record TimedOut(Execution execution) implements Due {}
}
