package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.history.IncidentHistory;
import io.growalert.events.AlertEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiverAlarmsTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");

    @TempDir
    Path folder;

    private NotifierBench bench;
    private final Set<String> failing = new HashSet<>();
    private KnownReceivers known;
    private ReceiverAlarms alarms;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}, alarm: boss}", "boss: {fake: {}}");
        known = new KnownReceivers(bench.jdbc, bench.database.transaction(), "one", () -> failing);
        alarms = new ReceiverAlarms(
                known,
                bench.acknowledgements,
                bench.receivers,
                bench.jdbc,
                bench.database.transaction(),
                bench.clock,
                () -> {});
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_receiver_that_fails_raises_one_alarm_that_ends_when_it_works() {
        update("ops");
        update("ops");
        update();
        update();

        var events = delivered(2);
        assertThat(events)
                .extracting(AlertEvent::type)
                .containsExactly(AlertEvent.Type.FIRING, AlertEvent.Type.RESOLVED);
        assertThat(events.getFirst().summary()).isEqualTo("Receiver ops fails");
        assertThat(events.getFirst().reason()).isEqualTo("no delivery succeeded for a minute");
        assertThat(events.getLast().incident()).isEqualTo(events.getFirst().incident());
        assertThat(new IncidentHistory(bench.jdbc).open()).isEmpty();
    }

    @Test
    void a_parked_delivery_raises_an_alarm_until_it_is_acknowledged() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", new Outcome.Rejected("no"));
        update();
        bench.acknowledgements.acknowledge();
        update();

        var events = delivered(2);
        assertThat(events.getFirst().reason()).isEqualTo("parked deliveries: 1");
        assertThat(events.getLast().type()).isEqualTo(AlertEvent.Type.RESOLVED);
    }

    @Test
    void a_second_failure_is_another_incident_and_a_receiver_without_alarm_raises_none() {
        update("ops", "boss");
        update();
        update("ops");

        var incidents = delivered(3).stream().map(AlertEvent::incident).toList();
        assertThat(incidents.get(1)).isEqualTo(incidents.get(0));
        assertThat(incidents.get(2)).isNotEqualTo(incidents.get(0));
    }

    private void update(String... failingNow) {
        bench.pass(Duration.ofSeconds(10));
        failing.clear();
        failing.addAll(List.of(failingNow));
        known.publish(Set.of("ops", "boss"), Duration.ofMinutes(1));
        alarms.update();
    }

    private List<AlertEvent> delivered(int count) {
        var events = new CopyOnWriteArrayList<AlertEvent>();
        bench.scripts.put("boss", notification -> take(events, notification));
        try (var _ = bench.running("one")) {
            Awaitility.await().until(() -> events.size() == count);
        }
        return events;
    }

    private static Outcome take(List<AlertEvent> events, Notification notification) {
        events.add(notification.event());
        return new Outcome.Delivered("ok");
    }
}
