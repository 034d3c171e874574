package io.growalert.billing.projection;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsLast;

import io.growalert.events.Entitlement;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a customer's subscriptions allow; pure. A status that is not known allows monitoring, as one whose payment is past due does:
 * when in doubt, monitors run.
 */
public final class EntitlementDecision {
    private static final Set<String> NEVER_PAID = Set.of("incomplete", "incomplete_expired");
    private static final Set<String> ENDED = Set.of("canceled", "unpaid", "paused");

    private EntitlementDecision() {}

    /**
     * A recorded subscription.
     *
     * @param asOf the second of its state
     * @param periodEnd the latest end of a period of its items; null without any
     * @param paidAt when the latest of its invoices was paid; null when none was
     */
    public record Terms(
            String status,
            Instant asOf,
            Instant createdAt,
            @Nullable Instant trialEnd,
            @Nullable Instant cancelAt,
            @Nullable Instant endedAt,
            @Nullable Instant periodEnd,
            @Nullable Instant paidAt) {
        private boolean isNeverPaid() {
            return NEVER_PAID.contains(status);
        }

        private boolean isEntitled() {
            return !isNeverPaid() && !ENDED.contains(status);
        }

        private @Nullable Instant end() {
            return cancelAt == null ? periodEnd : cancelAt;
        }

        /**
         * When it stopped to allow monitoring. Stripe does not say since when a subscription is unpaid: since it was first seen so, after its last
         * payment.
         */
        private Instant lostAt(@Nullable Entitlement before) {
            return switch (status) {
                case "incomplete", "incomplete_expired" -> createdAt;
                case "canceled" -> endedAt == null ? asOf : endedAt;
                default -> {
                    var since = status.equals("paused") && trialEnd != null ? trialEnd : asOf;
                    var until = before == null || !before.status().equals(status) ? null : before.until();
                    // a payment after it: a state between the two was missed
                    yield until == null || (paidAt != null && paidAt.isAfter(until)) ? since : earlier(until, since);
                }
            };
        }
    }

    /**
     * The entitlement after a change; empty when it did not change, or the customer never subscribed.
     *
     * @param deletedAt when the customer was deleted; null while it exists
     * @param before the recorded entitlement; null for none
     */
    public static Optional<Entitlement> of(
            String customer, List<Terms> subscriptions, @Nullable Instant deletedAt, @Nullable Entitlement before) {
        if (subscriptions.isEmpty() && deletedAt == null) {
            return Optional.empty();
        }
        var allowed = subscriptions.isEmpty() ? null : allowedBy(subscriptions, before);
        var now = deletedAt == null ? Objects.requireNonNull(allowed) : deleted(deletedAt, allowed);
        var asOf = subscriptions.stream()
                .map(Terms::asOf)
                .reduce(deletedAt == null ? Instant.EPOCH : deletedAt, EntitlementDecision::later);
        var changed = new Entitlement(
                customer,
                before == null ? 1 : before.version() + 1,
                before == null ? asOf : later(asOf, before.asOf()),
                now.status(),
                now.entitled(),
                now.until());
        return changed.isSame(before) ? Optional.empty() : Optional.of(changed);
    }

    private record Allowed(
            String status, boolean entitled, @Nullable Instant until) {}

    private static Allowed deleted(Instant deletedAt, @Nullable Allowed before) {
        var until = before != null && !before.entitled() && before.until() != null
                ? earlier(before.until(), deletedAt)
                : deletedAt;
        return new Allowed(Entitlement.DELETED, false, until);
    }

    private static Allowed allowedBy(List<Terms> subscriptions, @Nullable Entitlement before) {
        var entitled = subscriptions.stream()
                .filter(Terms::isEntitled)
                .max(comparing(Terms::end, nullsLast(naturalOrder())).thenComparing(Terms::createdAt));
        if (entitled.isPresent()) {
            var terms = entitled.get();
            return new Allowed(terms.status(), true, terms.end());
        }
        // a checkout that was not paid does not prolong what ended
        var lost = subscriptions.stream()
                .filter(terms -> !terms.isNeverPaid())
                .max(comparing((Terms terms) -> terms.lostAt(before)).thenComparing(Terms::createdAt))
                .or(() -> subscriptions.stream().min(comparing(Terms::createdAt)))
                .orElseThrow();
        return new Allowed(lost.status(), false, lost.lostAt(before));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
