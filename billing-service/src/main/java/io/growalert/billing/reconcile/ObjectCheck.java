package io.growalert.billing.reconcile;

import io.growalert.billing.ledger.Comparison;
import io.growalert.billing.ledger.Comparison.Finding;
import io.growalert.billing.stripe.StripeReader;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares the objects that Stripe lists with the records, and repairs those that differ. An object that we take for alive but
 * that is in no list is asked for by itself.
 */
final class ObjectCheck {
    /** By itself, of each kind and in one run. */
    private static final int ASKED = 200;
    /** Then another answer of Stripe's is of a later second than what happened just now. */
    private static final Duration A_SECOND_IS_OVER = Duration.ofSeconds(2);

    private final Comparison comparison;
    private final Repairs repairs;
    private final JdbcClient jdbc;
    private final Pauses pauses;

    ObjectCheck(Comparison comparison, Repairs repairs, JdbcClient jdbc, Pauses pauses) {
        this.comparison = comparison;
        this.repairs = repairs;
        this.jdbc = jdbc;
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
                tally.problem(listing.words() + ": " + e.getMessage());
            }
        }
    }

    /** All of one kind. */
    private final class Pass {
        private final StripeReader stripe;
        private final Instant since;
        private final Tally tally;
        private final ProgressListener progress;
        private final Listing listing;
        private final Set<String> seen = new HashSet<>();
        /** What the second of the answer could not decide. */
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
                    tell();
                });
            }
            askForUndecided();
            askForUnseen();
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

        private void askForUndecided() {
            if (undecided.isEmpty()) {
                return;
            }
            pauses.pause(A_SECOND_IS_OVER);
            for (var id : undecided) {
                ask(id);
                tell();
            }
        }

        private void askForUnseen() {
            var unseen =
                    mayHaveChanged().stream().filter(id -> !seen.contains(id)).toList();
            for (var id : unseen.subList(0, Math.min(ASKED, unseen.size()))) {
                ask(id);
                tell();
            }
            tally.unchecked(Math.max(0, unseen.size() - ASKED));
        }

        private List<String> mayHaveChanged() {
            var query = jdbc.sql(listing.sql());
            return (listing == Listing.CUSTOMERS ? query.param("since", since.atOffset(ZoneOffset.UTC)) : query)
                    .query(String.class)
                    .list();
        }

        private void ask(String id) {
            var page = stripe.one(listing.path(), id);
            if (page.objects().isEmpty()) {
                tally.unknownToStripe(id);
                return;
            }
            var object = page.objects().getFirst();
            if (seen.add(id)) {
                tally.objectsRead(1);
            }
            // even when it is the same: then it is known as of now, and the next run asks for others first
            if (!repair(object, page.asOf()) && !differing(List.of(object)).isEmpty()) {
                tally.problem(id + ": it differs, and changes too fast to be repaired");
            }
        }

        private void tell() {
            progress.tell(tally.progressOfObjects(listing.words()));
        }
    }

    private static String id(ObjectNode object) {
        return object.path("id").asString("");
    }
}
