package io.growalert.events;

import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record changed: the value of {@link Topics#BILLING}, with the customer's id as key, or the object's id where there is no
 * customer. Each event contains the whole current record, without personal data.
 *
 * @param id the event's id, the same for every repetition; see {@link Ids#billing}
 * @param type the change and the kind of the record, such as {@code subscription.changed}; see {@link #type}. The first event of an
 *     object can be its {@code ended}, when Stripe's events arrived late.
 * @param customer the owner of the record
 * @param version counts the changes of this record from 1 on, without gaps
 * @param asOf the time of this state at Stripe, to the second
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

    /** {@code created} at first, {@code ended} when no further change is expected, {@code changed} otherwise. */
    private static String type(BillingRecord record, long version) {
        var change = record.isEnded() ? "ended" : version == 1 ? "created" : "changed";
        return kind(record) + "." + change;
    }

    /** The name in JSON. */
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

    /** The key of this event's records. */
    public String key() {
        return customer == null ? record.id() : customer;
    }
}
