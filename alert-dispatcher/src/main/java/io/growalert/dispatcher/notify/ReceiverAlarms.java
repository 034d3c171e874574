package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.receiver.Receiver;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.Status;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Notifies the {@code alarm} of a receiver while that receiver fails for a minute, or has parked deliveries that no operator
 * acknowledged. An alarm is an incident of the monitor {@value #MONITOR} like any other, but it is on no topic.
 */
final class ReceiverAlarms {
    static final String MONITOR = "receiver-alarm";
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final KnownReceivers known;
    private final ParkedAcknowledgements acknowledgements;
    private final Receivers receivers;
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final EventStore events;
    private final InstantSource clock;
    private final Runnable onDelivery;

    /** @param clock shared by all instances */
    ReceiverAlarms(
            KnownReceivers known,
            ParkedAcknowledgements acknowledgements,
            Receivers receivers,
            JdbcClient jdbc,
            TransactionOperations transaction,
            InstantSource clock,
            Runnable onDelivery) {
        this.known = known;
        this.acknowledgements = acknowledgements;
        this.receivers = receivers;
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.events = new EventStore(jdbc);
        this.clock = clock;
        this.onDelivery = onDelivery;
    }

    ScheduledTask task() {
        return new ScheduledTask("receiver-alarms", EVERY, EVERY, _ -> update());
    }

    /** Raises and ends the alarms of all receivers. */
    void update() {
        var failing = known.failing();
        var parked = acknowledgements.unacknowledged();
        boolean any = false;
        for (var open : receivers.all().values()) {
            var receiver = open.receiver();
            if (receiver.alarm().isPresent()) {
                any |= update(receiver, trouble(receiver.name(), failing.contains(receiver.name()), parked));
            }
        }
        if (any) {
            onDelivery.run();
        }
    }

    private static Optional<String> trouble(String receiver, boolean isFailing, Map<String, Long> parked) {
        if (isFailing) {
            return Optional.of("no delivery succeeded for a minute");
        }
        return Optional.ofNullable(parked.get(receiver)).map("parked deliveries: %d"::formatted);
    }

    private static final String OPEN = """
            select id, fired_at from dispatcher.incidents
            where alert_id = :alert and resolved_at is null order by fired_at desc limit 1
            """;

    /** An alarm that is raised. */
    private record Alarm(String incident, Instant since) {}

    private boolean update(Receiver receiver, Optional<String> trouble) {
        var series = Map.of("receiver", receiver.name());
        var alert = Ids.alert(MONITOR, series);
        return transaction.execute(status -> {
            var raised = jdbc.sql(OPEN)
                    .param("alert", alert)
                    .query((row, n) -> new Alarm(row.getString("id"), Columns.instant(row, "fired_at")))
                    .optional();
            if (raised.isPresent() == trouble.isPresent()) {
                return false;
            }
            var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            var alarm = raised.orElseGet(() -> new Alarm(Ids.incident(alert, now), now));
            notify(
                    event(receiver, series, alarm, now, trouble),
                    receiver.alarm().orElseThrow());
            return true;
        });
    }

    private static AlertEvent event(
            Receiver receiver, Map<String, String> series, Alarm alarm, Instant now, Optional<String> trouble) {
        var type = trouble.isPresent() ? AlertEvent.Type.FIRING : AlertEvent.Type.RESOLVED;
        var summary = trouble.isPresent()
                ? "Receiver %s fails".formatted(receiver.name())
                : "Receiver %s works".formatted(receiver.name());
        return new AlertEvent(
                Ids.event(alarm.incident(), type, now),
                type,
                Ids.alert(MONITOR, series),
                alarm.incident(),
                MONITOR,
                series,
                Map.of(),
                trouble.isPresent() ? Status.FAILED : Status.PASSED,
                null,
                trouble.orElse("deliveries succeed, and none is parked"),
                summary,
                now,
                alarm.since(),
                List.of(receiver.alarm().orElseThrow()));
    }

    private static final String DELIVER = """
            insert into dispatcher.deliveries
                   (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state)
            values (:id, :event, :sequence, :alert, :incident, :monitor, :receiver, 'pending')
            """;

    private void notify(AlertEvent event, String receiver) {
        var origin = new Arrival.Offset("receiver-alarms", 0, 0, -1);
        for (var stored : events.add(List.of(new Arrival(event, new String(Json.write(event), UTF_8), origin)))) {
            jdbc.sql(DELIVER)
                    .param("id", Ids.delivery(event.id(), receiver))
                    .param("event", event.id())
                    .param("sequence", stored.sequence())
                    .param("alert", event.alert())
                    .param("incident", event.incident())
                    .param("monitor", MONITOR)
                    .param("receiver", receiver)
                    .update();
        }
    }
}
