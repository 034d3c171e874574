package io.growalert.events;

import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record changed: the value of {@link Topics#BILLING}, under the customer's id, or the object's own id where there is no
 * customer. Each event holds the whole record as it is now; nothing personal is in it.
 *
 * @param id the event's own id, the same however often it is told; see {@link Ids#billing}
 * @param type what happened to which kind, such as {@code subscription.changed}; see {@link #type}. The first event of an
 *     object can be its {@code ended}, when the news came late.
 * @param customer whose record it is
 * @param version counts the changes of this record from 1 on, without gaps
 * @param asOf when Stripe had the object like this, to the second
 */
public record BillingEvent(
        String id, String type, @Nullable String customer, long version, Instant asOf, BillingRecord record) {
    public BillingEvent {
        required(id, "id");
        required(type, "type");
        require(version >= 1, "a version must be at least 1", version);
        required(asOf, "asOf");
        required(record, "record");
    }

    /** The event of this record's version. */
    public static BillingEvent of(BillingRecord record, long version, Instant asOf) {
        return new BillingEvent(
                Ids.billing(record.id(), version), type(record, version), record.customer(), version, asOf, record);
    }

    /** {@code created} at first, {@code ended} when nothing more is to come, {@code changed} otherwise. */
    private static String type(BillingRecord record, long version) {
        var change = record.isEnded() ? "ended" : version == 1 ? "created" : "changed";
        return kind(record) + "." + change;
    }

    /** As it is written on the wire. */
    public static String kind(BillingRecord record) {
        return switch (record) {
            case BillingRecord.Customer _ -> "customer";
            case BillingRecord.Subscription _ -> "subscription";
            case BillingRecord.Invoice _ -> "invoice";
            case BillingRecord.InvoicePayment _ -> "invoice_payment";
            case BillingRecord.Payment _ -> "payment";
            case BillingRecord.Charge _ -> "charge";
            case BillingRecord.Refund _ -> "refund";
            case BillingRecord.Dispute _ -> "dispute";
            case BillingRecord.DeviceOrder _ -> "device_order";
        };
    }

    /** What the records of this event are told under. */
    public String key() {
        return customer == null ? record.id() : customer;
    }
}
