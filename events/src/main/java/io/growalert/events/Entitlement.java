package io.growalert.events;

import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a customer's subscriptions allow: the value of {@link Topics#ENTITLEMENTS}, with the customer's id as key. Of a customer the latest
 * counts, see {@link #isBefore}.
 *
 * @param version counts the changes of this entitlement from 1 on, without gaps
 * @param asOf the time of this state at Stripe, to the second
 * @param status Stripe's status of the deciding subscription, or {@link #DELETED}
 * @param entitled whether a subscription allows monitoring; also while its payment is past due
 * @param until of an entitled customer the end of what is paid, or of the trial, as of now; of another one when the entitlement
 *     ended. Null when it is not known
 */
public record Entitlement(
        String customer,
        long version,
        Instant asOf,
        String status,
        boolean entitled,
        @Nullable Instant until) {
    /** The status of a customer who was deleted. */
    public static final String DELETED = "deleted";

    /**
     * The key of the records without a value by which the billing-service proves once a minute that its outbox reaches the topic. No
     * customer has this id, so that consumers of the entitlements ignore them.
     */
    public static final String HEARTBEAT = "growalert.heartbeat";

    public Entitlement {
        required(customer, "customer");
        require(version >= 1, "a version must be at least 1", version);
        required(asOf, "asOf");
        required(status, "status");
    }

    /** Whether the entitlement ended, and the grace after it, too. */
    public boolean isOver(Duration grace, Instant now) {
        return !entitled && until != null && !until.plus(grace).isAfter(now);
    }

    /**
     * Whether the other record of the same customer is later, in whatever order they were read. The time at Stripe decides before the
     * version, which goes back when the billing-service's database is restored from a backup.
     */
    public boolean isBefore(Entitlement other) {
        int order = asOf.compareTo(other.asOf);
        return order < 0 || (order == 0 && version < other.version);
    }

    /** Whether both allow the same. */
    public boolean isSame(@Nullable Entitlement other) {
        return other != null
                && entitled == other.entitled
                && status.equals(other.status)
                && (until == null ? other.until == null : until.equals(other.until));
    }
}
