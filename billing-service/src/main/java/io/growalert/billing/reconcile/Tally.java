package io.growalert.billing.reconcile;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what one reconciliation finds and repairs. */
final class Tally {
    private static final Logger LOG = LoggerFactory.getLogger(Tally.class);

    private final MeterRegistry meters;
    private final List<ReconciliationReport.Repair> repaired = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private long events;
    private long undelivered;
    private long missing;
    private long objects;
    private long repairs;
    private long unchecked;
    private long foreign;
    private boolean complete = true;

    Tally(MeterRegistry meters) {
        this.meters = meters;
    }

    void eventsRead(int count) {
        events += count;
    }

    void undelivered(int count) {
        undelivered += count;
    }

    void missing(int count) {
        missing += count;
        meters.counter("growalert.reconcile.events.missing").increment(count);
    }

    void objectsRead(int count) {
        objects += count;
    }

    void unchecked(long count) {
        unchecked += count;
    }

    /** Objects of other software that uses the same Stripe account. */
    void foreign(long count) {
        foreign += count;
        meters.counter("growalert.reconcile.foreign").increment((double) count);
    }

    void repaired(ReconciliationReport.Repair repair) {
        repairs++;
        if (repaired.size() < ReconciliationReport.LISTED) {
            repaired.add(repair);
        }
        meters.counter("growalert.reconcile.repairs", "kind", repair.kind(), "change", repair.change())
                .increment();
        LOG.atDebug()
                .addKeyValue("record", repair.id())
                .addKeyValue("change", repair.change())
                .addKeyValue("fields", repair.fields())
                .log("Record repaired: it differed from the object at Stripe");
    }

    /** An object or event could not be read or repaired; a retry may succeed. */
    void problem(String what) {
        complete = false;
        note(what);
    }

    /** A record has no object at Stripe any more, such as a deleted draft. A retry does not change that. */
    void unknownToStripe(String id) {
        note(id + ": Stripe does not know it");
    }

    private void note(String what) {
        if (problems.size() < ReconciliationReport.LISTED) {
            problems.add(what);
        }
        meters.counter("growalert.reconcile.problems").increment();
        LOG.atWarn().addKeyValue("problem", what).log("Reconciliation problem");
    }

    String progressOfEvents() {
        return "events: %d read, %d missing".formatted(events, missing);
    }

    /** @param current the objects that are being read */
    String progressOfObjects(String current) {
        return "objects: %d read, %d repaired (%s)".formatted(objects, repairs, current);
    }

    ReconciliationReport report(Instant since, long requests, Duration taken) {
        return new ReconciliationReport(
                since,
                requests,
                taken.toMillis() / 1000.0,
                complete,
                new ReconciliationReport.Events(events, undelivered, missing),
                new ReconciliationReport.Objects(objects, repairs, unchecked, foreign, List.copyOf(repaired)),
                List.copyOf(problems));
    }
}
