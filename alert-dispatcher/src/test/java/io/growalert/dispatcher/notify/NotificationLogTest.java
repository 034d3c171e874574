package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.silence.MonitorMute;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.NotificationEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotificationLogTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_delivered_notification_is_logged_with_its_incident_and_attempts() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", new Outcome.Delivered("a secret answer"));

        var firing = CO2.firing(0);
        assertThat(log()).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo(NotificationEvent.Type.DELIVERY_DELIVERED);
            assertThat(event.key()).isEqualTo(firing.incident());
            assertThat(event.alert()).isEqualTo(firing.alert());
            assertThat(event.monitor()).isEqualTo("room-co2");
            assertThat(event.delivery()).isEqualTo(Ids.delivery(firing.id(), "ops"));
            assertThat(event.event()).isEqualTo(firing.id());
            assertThat(event.receiver()).isEqualTo("ops");
            assertThat(event.attempts()).isEqualTo(1);
        });
        assertThat(bodies()).allSatisfy(body -> assertThat(body).doesNotContain("secret"));
    }

    @Test
    void a_retry_is_not_logged_and_a_parked_delivery_is_until_it_is_redriven_or_acknowledged() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", new Outcome.Retry("HTTP 503"));
        assertThat(log()).isEmpty();
        bench.jdbc.sql("update dispatcher.deliveries set due_at = now()").update();

        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        bench.acknowledgements.acknowledge();
        bench.acknowledgements.acknowledge();
        bench.redrive.redrive(Ids.delivery(CO2.firing(0).id(), "ops"), false);
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        bench.redrive.redrive("ops", Instant.EPOCH);

        assertThat(types())
                .containsExactly(
                        NotificationEvent.Type.DELIVERY_PARKED,
                        NotificationEvent.Type.DELIVERY_ACKNOWLEDGED,
                        NotificationEvent.Type.DELIVERY_REDRIVEN,
                        NotificationEvent.Type.DELIVERY_PARKED,
                        NotificationEvent.Type.DELIVERY_REDRIVEN);
    }

    @Test
    void a_delivery_of_an_unknown_receiver_is_logged_when_it_is_parked() {
        bench.accept(CO2.firing(0));

        new KnownReceivers(bench.jdbc, bench.database.transaction(), "one").park(Set.of("ops"));

        assertThat(types()).containsExactly(NotificationEvent.Type.DELIVERY_PARKED);
    }

    @Test
    void a_superseded_reminder_is_logged() {
        bench.accept(CO2.firing(0), CO2.reminder(0, 1), CO2.reminder(0, 2));

        assertThat(types()).containsExactly(NotificationEvent.Type.DELIVERY_SUPERSEDED);
        assertThat(log().getFirst().event()).isEqualTo(CO2.reminder(0, 1).id());
    }

    @Test
    void a_silence_and_what_it_holds_and_drops_are_logged_in_order() {
        bench.accept(CO2.firing(0));
        var silence = bench.silences.create(terms(Duration.ofHours(1)), "anna");
        bench.accept(CO2.reminder(0, 1), CO2.resolved(0), CO2.firing(1), CO2.resolved(1));
        bench.silences.end(silence.id());

        assertThat(types())
                .containsExactly(
                        NotificationEvent.Type.DELIVERY_HELD,
                        NotificationEvent.Type.SILENCE_STARTED,
                        // the firing that arrived before the silence was not notified, but did not start inside
                        NotificationEvent.Type.DELIVERY_HELD,
                        NotificationEvent.Type.DELIVERY_HELD,
                        NotificationEvent.Type.DELIVERY_DROPPED,
                        NotificationEvent.Type.DELIVERY_DROPPED,
                        NotificationEvent.Type.DELIVERY_DROPPED,
                        NotificationEvent.Type.SILENCE_ENDED);
        assertThat(log()).filteredOn(event -> event.silence() != null).allSatisfy(event -> {
            assertThat(event.key()).isEqualTo(silence.id());
            assertThat(event.by()).isEqualTo("anna");
        });
    }

    @Test
    void a_second_silence_does_not_hold_a_held_delivery_again() {
        bench.silences.create(terms(Duration.ofHours(1)), "anna");
        bench.accept(CO2.firing(0));
        bench.silences.create(terms(Duration.ofHours(2)), "bob");

        assertThat(types())
                .containsExactly(
                        NotificationEvent.Type.SILENCE_STARTED,
                        NotificationEvent.Type.DELIVERY_HELD,
                        NotificationEvent.Type.SILENCE_STARTED);
    }

    @Test
    void a_changed_silence_is_logged_as_changed_and_one_that_ends_by_its_time_as_ended() {
        var silence = bench.silences.create(terms(Duration.ofHours(1)), "anna");
        bench.silences.change(silence.id(), terms(Duration.ofHours(2)));
        bench.silences.mute(new MonitorMute("room-co2", bench.clock.instant().plusSeconds(60), "cleaning"), "bob");
        bench.silences.mute(new MonitorMute("room-co2", bench.clock.instant().plusSeconds(90), "cleaning"), "bob");
        bench.pass(Duration.ofHours(3));
        bench.silences.tick();

        assertThat(types())
                .containsExactly(
                        NotificationEvent.Type.SILENCE_STARTED,
                        NotificationEvent.Type.SILENCE_CHANGED,
                        NotificationEvent.Type.SILENCE_STARTED,
                        NotificationEvent.Type.SILENCE_CHANGED,
                        NotificationEvent.Type.SILENCE_ENDED,
                        NotificationEvent.Type.SILENCE_ENDED);
    }

    @Test
    void a_silence_of_the_future_is_logged_when_it_starts() {
        var start = bench.clock.instant().plusSeconds(60);
        bench.silences.create(
                new Silence.Terms(List.of(Matcher.of("site=north")), start, start.plusSeconds(60), "cleaning"), "anna");
        assertThat(types()).isEmpty();

        bench.pass(Duration.ofSeconds(61));
        bench.silences.tick();

        assertThat(types()).containsExactly(NotificationEvent.Type.SILENCE_STARTED);
    }

    @Test
    void acknowledgements_and_escalations_are_logged_for_their_incident() {
        bench.accept(CO2.firing(0));
        var log = new NotificationLog(bench.jdbc);

        log.addIncidents(
                NotificationEvent.Type.INCIDENT_ACKNOWLEDGED,
                List.of(CO2.firing(0).incident(), "unknown"),
                "anna");
        log.addEscalation(CO2.firing(0).incident(), "boss", 2);

        assertThat(log()).extracting(NotificationEvent::by).containsExactly("anna", null);
        assertThat(log().getLast()).satisfies(event -> {
            assertThat(event.key()).isEqualTo(CO2.firing(0).incident());
            assertThat(event.subject()).isEqualTo(CO2.firing(0).incident());
            assertThat(event.receiver()).isEqualTo("boss");
            assertThat(event.step()).isEqualTo(2);
        });
    }

    @Test
    void what_is_rolled_back_is_not_logged() {
        bench.accept(CO2.firing(0));

        assertThatThrownBy(() -> bench.database.transaction().execute(_ -> {
                    bench.finish("ops", new Outcome.Delivered("ok"));
                    throw new IllegalStateException("the transaction fails");
                }))
                .hasMessage("the transaction fails");

        assertThat(log()).isEmpty();
        assertThat(bench.states()).containsExactly("pending");
    }

    private static Silence.Terms terms(Duration length) {
        return new Silence.Terms(
                List.of(Matcher.of("site=north")),
                null,
                Instant.parse("2026-11-24T12:00:00Z").plus(length),
                "cleaning");
    }

    private List<NotificationEvent.Type> types() {
        return log().stream().map(NotificationEvent::type).toList();
    }

    private List<NotificationEvent> log() {
        return bodies().stream()
                .map(body -> Json.read(body.getBytes(UTF_8), NotificationEvent.class))
                .toList();
    }

    private List<String> bodies() {
        return bench.jdbc
                .sql("select body from dispatcher.notification_outbox order by sequence")
                .query(String.class)
                .list();
    }
}
