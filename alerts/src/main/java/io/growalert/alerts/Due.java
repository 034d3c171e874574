package io.growalert.alerts;

/** A step that the scheduler wants executed now. */
sealed interface Due {
    /** Hand this over to the executor. */
    record Start(Execution execution) implements Due {}

    /** This run timed out, and its thread was interrupted; report it. */
    record TimedOut(Execution execution) implements Due {}
}
