package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapturedValuesTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops", "night");

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}", "night: {fake: {}}");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_later_notification_of_the_incident_has_what_was_captured_from_its_receiver() {
        bench.accept(CO2.firing(0), CO2.reminder(0, 1), CO2.firing(1));

        bench.finish("ops", new Outcome.Delivered("ok", Map.of("ts", "1.5", "who", "\0a\"b")));
        bench.finish("night", new Outcome.Delivered("ok"));

        assertThat(claimed("ops")).isEqualTo(Map.of("ts", "1.5", "who", "a\"b"));
        assertThat(claimed("night")).isEmpty();
    }

    @Test
    void the_first_captured_value_stays_and_another_incident_has_none() {
        bench.accept(CO2.firing(0), CO2.resolved(0), CO2.firing(1));

        bench.finish("ops", new Outcome.Delivered("ok", Map.of("ts", "1")));
        bench.finish("ops", new Outcome.Delivered("ok", Map.of("ts", "2", "more", "3")));

        assertThat(stored()).isEqualTo("{\"ts\": \"1\", \"more\": \"3\"}");
        assertThat(claimed("ops")).isEmpty();
    }

    @Test
    void an_outcome_whose_lease_expired_captures_nothing() {
        bench.accept(CO2.firing(0));
        var claims = bench.deliveries.claim("other", List.of(bench.room("ops")));

        bench.finish(claims, new Outcome.Delivered("ok", Map.of("ts", "1")));

        assertThat(bench.jdbc
                        .sql("select count(*) from dispatcher.captured_values")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void captured_values_are_deleted_with_their_incident() {
        bench.accept(CO2.firing(0), CO2.resolved(0));
        for (var receiver : List.of("ops", "night", "ops", "night")) {
            bench.finish(receiver, new Outcome.Delivered("ok", Map.of("ts", "1")));
        }
        var later = bench.clock.instant().plus(Duration.ofDays(1_000));
        var retention =
                new IncidentRetention(bench.jdbc, bench.database.transaction(), () -> later, Duration.ofDays(1), 10);

        assertThat(retention.deleteBatch()).isOne();

        assertThat(bench.jdbc
                        .sql("select count(*) from dispatcher.captured_values")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private Map<String, String> claimed(String receiver) {
        var claim = bench.deliveries.claim("me", List.of(bench.room(receiver))).getFirst();
        return CapturedValues.read(claim.captured());
    }

    private String stored() {
        return bench.jdbc
                .sql("select captured::text from dispatcher.captured_values")
                .query(String.class)
                .single();
    }
}
