package io.growalert.billing.reconcile;

import io.growalert.billing.apply.ObjectRecorder;
import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.records.RecordComparison.Finding;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeReader;
import io.growalert.events.BillingEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import tools.jackson.databind.node.ObjectNode;

/** Records an object in its state at Stripe, and counts the changes. */
final class Repairs {
    /** A refund of a charge of a payment: no object has more ancestors. */
    private static final int GENERATIONS = 3;

    private final RecordComparison comparison;
    private final ObjectRecorder recorder;

    Repairs(RecordComparison comparison, ObjectRecorder recorder) {
        this.comparison = comparison;
        this.recorder = recorder;
    }

    /** False when nothing changed, for an unknown reason. */
    boolean repair(StripeReader stripe, Kind kind, ObjectNode object, Instant asOf, Tally tally) {
        return repair(stripe, kind, object, asOf, tally, GENERATIONS);
    }

    private boolean repair(
            StripeReader stripe, Kind kind, ObjectNode object, Instant asOf, Tally tally, int generations) {
        var fields = new HashMap<String, List<String>>();
        var lost = new ArrayList<Finding.Different>();
        for (var finding : comparison.of(kind, List.of(object))) {
            switch (finding) {
                case Finding.Different different -> {
                    fields.put(different.record(), different.fields());
                    lost.add(different);
                }
                case Finding.Orphaned _, Finding.Foreign _ -> {}
                case Finding.Unreadable unreadable -> {
                    tally.problem(unreadable.object() + ": " + unreadable.reason());
                    return true;
                }
            }
        }
        try {
            var observed = observe(kind, object, asOf, lost);
            return switch (observed) {
                case RecordingResult.Recorded recorded -> {
                    recorded.changes().forEach(change -> tally.repaired(repaired(change, fields)));
                    yield !recorded.changes().isEmpty();
                }
                case RecordingResult.Foreign _ -> {
                    tally.foreign(1);
                    yield true;
                }
                case RecordingResult.Orphaned orphaned -> {
                    if (generations == 0) {
                        yield false;
                    }
                    yield !repairParent(stripe, orphaned, tally, generations)
                            || repair(stripe, kind, object, asOf, tally, 0);
                }
            };
        } catch (OptimisticLockingFailureException e) {
            // another transaction is writing it
            return false;
        } catch (DataIntegrityViolationException e) {
            tally.problem(object.path("id").asString("") + ": the database rejects it");
            return true;
        }
    }

    private RecordingResult observe(Kind kind, ObjectNode object, Instant asOf, List<Finding.Different> different) {
        var rows = different.stream()
                .filter(Finding.Different::isOnlyRow)
                .map(Finding.Different::record)
                .collect(Collectors.toSet());
        try {
            return recorder.restore(kind, object, asOf, rows);
        } catch (DuplicateKeyException e) {
            // its version was lost, so this one was published before
            different.forEach(recorder::recoverVersion);
            return recorder.restore(kind, object, asOf, rows);
        }
    }

    /** False when Stripe does not know the parent, which is reported. */
    private boolean repairParent(StripeReader stripe, RecordingResult.Orphaned orphaned, Tally tally, int generations) {
        var page = stripe.one(orphaned.parent().path(), orphaned.id());
        if (page.objects().isEmpty()) {
            tally.problem(orphaned.id() + ": not known to Stripe, although another object refers to it");
            return false;
        }
        tally.objectsRead(1);
        repair(stripe, orphaned.parent(), page.objects().getFirst(), page.asOf(), tally, generations - 1);
        return true;
    }

    private static ReconciliationReport.Repair repaired(BillingEvent change, Map<String, List<String>> fields) {
        var record = change.record();
        return new ReconciliationReport.Repair(
                BillingEvent.kind(record),
                record.id(),
                change.version() == 1 ? "created" : "changed",
                fields.getOrDefault(record.id(), List.of()));
    }
}
