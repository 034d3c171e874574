package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.GroupEvent;
import io.growalert.events.GroupEvent.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Routes that group, on a real database. */
@SuppressWarnings("NullAway.Init")
abstract class GroupFixture {
    static final Outcome DELIVERED = new Outcome.Delivered("ok");
    static final Duration WAIT = Duration.ofSeconds(10);
    static final Duration INTERVAL = Duration.ofMinutes(1);

    static final String[] RECEIVERS = {"ops: {fake: {}}", "pager: {fake: {}}", "plain: {fake: {groups: false}}"};

    static final String BY_SITE = """
            routes: {receiver: ops, groupBy: [site], groupWait: 10s, groupInterval: 1m}
            """;

    static final String REPEATING = """
            routes: {receiver: ops, groupBy: [site], groupWait: 10s, groupInterval: 1m, repeat: 1h}
            """;
    static final AlertEvents OFFICE = AlertEvents.of("co2");
    static final AlertEvents LAB = OFFICE.withSeries(Map.of("room", "lab"));

    @TempDir
    Path folder;

    NotifierBench bench;

    @AfterEach
    void close() {
        bench.close();
    }

    void notified() {
        assertThat(bench.formAfter(WAIT)).isOne();
        bench.finish("ops", DELIVERED);
    }

    GroupEvent last() {
        return bench.messages().getLast();
    }

    static List<String> rooms(GroupEvent message, Change change) {
        return message.alerts(change).stream()
                .map(event -> event.series().getOrDefault("room", ""))
                .sorted()
                .toList();
    }

    NotifierBench routed(String routes) {
        var created = new NotifierBench(folder, RECEIVERS);
        created.defineFile(file(routes));
        return created;
    }

    void define(String routes) {
        bench.defineFile(file(routes));
    }

    static String file(String routes) {
        return "receivers:\n  " + String.join("\n  ", RECEIVERS) + "\n" + routes;
    }

    List<String> receivers() {
        return bench.jdbc
                .sql("select receiver from dispatcher.deliveries order by sequence, receiver")
                .query(String.class)
                .list();
    }

    List<String> members() {
        return bench.jdbc
                .sql("select incident_id from dispatcher.group_members")
                .query(String.class)
                .list();
    }
}
