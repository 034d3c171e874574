package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.receiver.Receivers;
import java.time.Duration;

/** What an instance does by the clock. */
record Upkeep(Housekeeping housekeeping, UnknownReceivers unknown) {
    static Upkeep of(NotifierBench bench, String instance, Receivers receivers) {
        var known = new KnownReceivers(bench.jdbc, bench.database.transaction(), instance);
        var unknown = new UnknownReceivers(known, receivers, bench.metrics, bench.jdbc, bench.clock);
        return new Upkeep(
                new Housekeeping(
                        known,
                        bench.acknowledgements,
                        bench.silences,
                        bench.rules,
                        bench.intervals,
                        bench.escalations,
                        receivers,
                        bench.metrics,
                        bench.jdbc,
                        bench.clock,
                        () -> bench.storedUntil,
                        () -> {},
                        Duration.ofSeconds(1)),
                unknown);
    }

    /** What happens by the clock, once. */
    void tidy() {
        housekeeping.tickHolds();
        housekeeping.tickEscalations();
        housekeeping.publishReceivers();
        unknown.park();
    }
}
