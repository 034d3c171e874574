package io.growalert.billing.reconcile;

import io.growalert.billing.records.OpenRecords;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.records.RecordComparison.Finding;
import io.growalert.billing.stripe.StripeReader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares the objects that Stripe lists with the records, and repairs those that differ. A recorded object that may have changed
 * but is in no list is fetched separately.
 */
final class ObjectCheck {
    /** The most separate fetches of each kind in one run. */
    private static final int FETCHED = 200;
    /** After it, Stripe's answer is of a later second than the latest change. */
    private static final Duration NEXT_SECOND = Duration.ofSeconds(2);

    private final RecordComparison comparison;
    private final Repairs repairs;
    private final OpenRecords openRecords;
    private final Pauses pauses;

    ObjectCheck(RecordComparison comparison, Repairs repairs, OpenRecords openRecords, Pauses pauses) {
        this.comparison = comparison;
        this.repairs = repairs;
        this.openRecords = openRecords;
        this.pauses = pauses;
    }

    void check(StripeReader stripe, Instant since, Tally tally, ProgressListener progress) {
        for (var listing : Listing.values()) {
            try {
                new Pass(stripe, since, tally, progress, listing).check();
            } catch (StripeReader.Unreadable e) {
                if (e.isAnything()) {
                    throw e;
                }
                tally.problem(listing.plural() + ": " + e.getMessage());
            }
        }
    }

    /** All objects of one kind. */
    private final class Pass {
        private final StripeReader stripe;
        private final Instant since;
        private final Tally tally;
        private final ProgressListener progress;
        private final Listing listing;
        private final Set<String> seen = new HashSet<>();
        /** Objects whose state and recorded state are of the same second. */
        private final Set<String> undecided = new LinkedHashSet<>();

        Pass(StripeReader stripe, Instant since, Tally tally, ProgressListener progress, Listing listing) {
            this.stripe = stripe;
            this.since = since;
            this.tally = tally;
            this.progress = progress;
            this.listing = listing;
        }

        void check() {
            for (var parameters : listing.lists(since)) {
                stripe.pages(listing.path(), parameters).forEachRemaining(page -> {
                    compare(page);
                    report();
                });
            }
            fetchUndecided();
            fetchUnseen();
        }

        private void compare(StripeReader.Page page) {
            var unseen = page.objects().stream()
                    .filter(object -> seen.add(id(object)))
                    .toList();
            tally.objectsRead(unseen.size());
            differing(unseen).forEach(object -> {
                if (!repair(object, page.asOf())) {
                    undecided.add(id(object));
                }
            });
        }

        private List<ObjectNode> differing(List<ObjectNode> objects) {
            var findings = comparison.of(listing.kind(), objects);
            tally.foreign(
                    findings.stream().filter(Finding.Foreign.class::isInstance).count());
            var differing = findings.stream()
                    .filter(finding -> !(finding instanceof Finding.Foreign))
                    .map(Finding::object)
                    .collect(Collectors.toSet());
            return objects.stream()
                    .filter(object -> differing.contains(id(object)))
                    .toList();
        }

        private boolean repair(ObjectNode object, Instant asOf) {
            return repairs.repair(stripe, listing.kind(), object, asOf, tally);
        }

        private void fetchUndecided() {
            if (undecided.isEmpty()) {
                return;
            }
            pauses.pause(NEXT_SECOND);
            for (var id : undecided) {
                fetch(id);
                report();
            }
        }

        private void fetchUnseen() {
            var unseen = openRecords.ids(listing.kind(), since).stream()
                    .filter(id -> !seen.contains(id))
                    .toList();
            for (var id : unseen.subList(0, Math.min(FETCHED, unseen.size()))) {
                fetch(id);
                report();
            }
            tally.unchecked(Math.max(0, unseen.size() - FETCHED));
        }

        private void fetch(String id) {
            var page = stripe.one(listing.path(), id);
            if (page.objects().isEmpty()) {
                tally.unknownToStripe(id);
                return;
            }
            var object = page.objects().getFirst();
            if (seen.add(id)) {
                tally.objectsRead(1);
            }
            // also when it is the same: it is then recorded as of now, and the next run fetches others first
            if (!repair(object, page.asOf()) && !differing(List.of(object)).isEmpty()) {
                tally.problem(id + ": differs, and changes too fast to be repaired");
            }
        }

        private void report() {
            progress.report(tally.progressOfObjects(listing.plural()));
        }
    }

    private static String id(ObjectNode object) {
        return object.path("id").asString("");
    }
}
