package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.ack.IncidentAcknowledgements.Terms;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Routes that escalate, on a real database. */
@SuppressWarnings("NullAway.Init")
abstract class EscalationFixture {
    static final String[] RECEIVERS = {
        "ops: {fake: {}}", "boss: {fake: {}}", "ceo: {fake: {}}", "plain: {fake: {groups: false}}"
    };
    static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    static final AlertEvents CO2 = AlertEvents.of("co2");
    static final AlertEvents LAB = CO2.withSeries(Map.of("room", "lab"));

    static final String GROUPED = """
            routes: {receiver: ops, groupBy: [site], escalate: [{after: 10m, receivers: [boss]}]}
            """;
    static final Outcome DELIVERED = new Outcome.Delivered("ok");

    static final String TWO_STEPS = """
            routes:
              receiver: ops
              escalate:
                - {after: 10m, receivers: [boss]}
                - {after: 30m, receivers: [boss, ceo], repeat: 20m}
            """;
    static final String REPEATED = "routes: {receiver: ops, repeat: 1h}\n";

    @TempDir
    Path folder;

    NotifierBench bench;

    @AfterEach
    void close() {
        bench.close();
    }

    NotifierBench routed(String routes) {
        var created = new NotifierBench(folder, RECEIVERS);
        created.defineFile(file(routes));
        return created;
    }

    static String file(String routes) {
        return "receivers:\n  " + String.join("\n  ", RECEIVERS) + "\n" + routes;
    }

    /** What happens by the clock at these times. */
    void at(Duration... afterNoon) {
        for (var time : afterNoon) {
            bench.now.set(NOON.plus(time));
            bench.upkeep().tidy();
        }
    }

    void deliver(String... receivers) {
        Stream.of(receivers).forEach(receiver -> bench.finish(receiver, DELIVERED));
    }

    void acknowledge(@Nullable Instant until) {
        bench.incidents.acknowledge(CO2.firing(0).incident(), new Terms(until, ""), "anna");
    }

    Silence silence(Instant end) {
        return bench.silences.create(
                new Silence.Terms(List.of(Matcher.of("room=office")), null, end, "cleaning"), "anna");
    }

    static String delivery(AlertEvent event, String receiver) {
        return Ids.delivery(event.id(), receiver);
    }

    List<String> receivers(AlertEvent event) {
        return bench.jdbc
                .sql("select receiver from dispatcher.deliveries where event_id = :event order by receiver")
                .param("event", event.id())
                .query(String.class)
                .list();
    }

    /** The receivers of all deliveries in their order, such as {@code boss 2.1}: of the second step, for the second time. */
    List<String> notified() {
        return bench.jdbc.sql("""
                        select receiver || coalesce(' ' || escalation_step, '') || case when repetition > 0 then '.' || repetition else '' end
                        from dispatcher.deliveries order by sequence, escalation_step nulls first, repetition, receiver
                        """).query(String.class).list();
    }

    List<String> stepStates() {
        return bench.jdbc
                .sql("select state from dispatcher.escalations order by step")
                .query(String.class)
                .list();
    }
}
