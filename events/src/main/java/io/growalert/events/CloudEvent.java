package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The attributes in the headers of every record: CloudEvents 1.0 in the binary mode of its Kafka protocol
 * binding, section 3.2.
 *
 * @param id unique within the source; the same for a repeated record
 * @param source the publishing service, such as {@code /growalert/monitor-service}
 * @param type the type of the event; see the constants
 * @param subject the subject: the id of the monitor, the Stripe object, the delivery, the incident or the silence
 */
public record CloudEvent(String id, String source, String type, String subject, Instant time) {
    public static final String MONITOR_DEFINED = "io.growalert.monitor.defined";
    public static final String MONITOR_REMOVED = "io.growalert.monitor.removed";
    public static final String CHECK_RESULT = "io.growalert.check.result";
    public static final String HEARTBEAT = "io.growalert.heartbeat";
    /** The alert event's type follows, as in {@code io.growalert.alert.firing}. */
    public static final String ALERT = "io.growalert.alert.";
    /** The command's type follows, as in {@code io.growalert.alert-command.forget}. */
    public static final String ALERT_COMMAND = "io.growalert.alert-command.";
    /** The billing event's type follows, as in {@code io.growalert.billing.subscription.changed}. */
    public static final String BILLING = "io.growalert.billing.";

    public static final String ENTITLEMENT_CHANGED = "io.growalert.entitlement.changed";
    /** The notification event's type follows, as in {@code io.growalert.notification.delivery-parked}. */
    public static final String NOTIFICATION = "io.growalert.notification.";

    private static final byte[] SPEC_VERSION = "1.0".getBytes(UTF_8);
    private static final byte[] APPLICATION_JSON = "application/json".getBytes(UTF_8);

    /** The time in the headers of a record; empty without a readable one. */
    public static Optional<Instant> time(Headers headers) {
        var header = headers.lastHeader("ce_time");
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(new String(header.value(), UTF_8)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** New headers with these attributes, of a record whose value is JSON. */
    public Headers headers() {
        return new RecordHeaders()
                .add("ce_specversion", SPEC_VERSION)
                .add("ce_id", id.getBytes(UTF_8))
                .add("ce_source", source.getBytes(UTF_8))
                .add("ce_type", type.getBytes(UTF_8))
                .add("ce_subject", subject.getBytes(UTF_8))
                .add("ce_time", InstantText.of(time).getBytes(UTF_8))
                .add("content-type", APPLICATION_JSON);
    }
}
