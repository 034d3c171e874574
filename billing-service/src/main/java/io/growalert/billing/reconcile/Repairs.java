package io.growalert.billing.reconcile;

import io.growalert.billing.ledger.Comparison;
import io.growalert.billing.ledger.Comparison.Finding;
import io.growalert.billing.ledger.Ledger;
import io.growalert.billing.ledger.Observed;
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

/** Records an object as it is at Stripe, and says what that changed. */
final class Repairs {
    /** A refund of a charge of a payment: nothing belongs to something that belongs to more. */
    private static final int GENERATIONS = 3;

    private final Comparison comparison;
    private final Ledger ledger;

    Repairs(Comparison comparison, Ledger ledger) {
        this.comparison = comparison;
        this.ledger = ledger;
    }

    /** False when nothing changed by it, and nothing more is known of why. */
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
                case Observed.Recorded recorded -> {
                    recorded.changes().forEach(change -> tally.repaired(repaired(change, fields)));
                    yield !recorded.changes().isEmpty();
                }
                case Observed.Foreign _ -> {
                    tally.foreign(1);
                    yield true;
                }
                case Observed.Orphaned orphaned -> {
                    if (generations == 0) {
                        yield false;
                    }
                    yield !repairParent(stripe, orphaned, tally, generations)
                            || repair(stripe, kind, object, asOf, tally, 0);
                }
            };
        } catch (OptimisticLockingFailureException e) {
            // somebody else writes it at this moment
            return false;
        } catch (DataIntegrityViolationException e) {
            tally.problem(object.path("id").asString("") + ": the database refuses it");
            return true;
        }
    }

    private Observed observe(Kind kind, ObjectNode object, Instant asOf, List<Finding.Different> different) {
        var rows = different.stream()
                .filter(Finding.Different::isOnlyRow)
                .map(Finding.Different::record)
                .collect(Collectors.toSet());
        try {
            return ledger.restore(kind, object, asOf, rows);
        } catch (DuplicateKeyException e) {
            // its register was lost, and with it how many of its versions were told
            different.forEach(comparison::recall);
            return ledger.restore(kind, object, asOf, rows);
        }
    }

    /** False when there is none, which is told. */
    private boolean repairParent(StripeReader stripe, Observed.Orphaned orphaned, Tally tally, int generations) {
        var page = stripe.one(orphaned.parent().path(), orphaned.id());
        if (page.objects().isEmpty()) {
            tally.problem(orphaned.id() + ": Stripe does not know it, though something belongs to it");
            return false;
        }
        tally.objectsRead(1);
        repair(stripe, orphaned.parent(), page.objects().getFirst(), page.asOf(), tally, generations - 1);
        return true;
    }

    private static Report.Repair repaired(BillingEvent change, Map<String, List<String>> fields) {
        var record = change.record();
        return new Report.Repair(
                BillingEvent.kind(record),
                record.id(),
                change.version() == 1 ? "created" : "changed",
                fields.getOrDefault(record.id(), List.of()));
    }
}
