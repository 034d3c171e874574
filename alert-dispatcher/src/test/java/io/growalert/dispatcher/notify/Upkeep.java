package io.growalert.dispatcher.notify;

/** What an instance does by the clock. */
record Upkeep(Housekeeping housekeeping, UnknownReceivers unknown) {
    /** What happens by the clock, once. */
    void tidy() {
        housekeeping.tickHolds();
        housekeeping.tickEscalations();
        housekeeping.publishReceivers();
        unknown.park();
    }
}
