package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.ack.AcknowledgementHistory;
import io.growalert.dispatcher.ack.IncidentAcknowledgements;
import io.growalert.dispatcher.handler.Answered;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.history.DeliveryList;
import io.growalert.dispatcher.history.IncidentHistory.Delivery;
import io.growalert.dispatcher.history.IncidentHistory.Incident;
import io.growalert.dispatcher.history.IncidentList;
import io.growalert.dispatcher.history.IncidentReport;
import io.growalert.dispatcher.history.IncidentReports;
import io.growalert.dispatcher.history.ListPage;
import io.growalert.dispatcher.history.Period;
import io.growalert.dispatcher.history.SilenceList;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.dispatcher.silence.SilenceHistory;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.runtime.database.Cursor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists and reports of what the notifier stored. */
class HistoryTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final AlertEvents HEAT =
            AlertEvents.of("heat", "ops", "night").withSeries(Map.of("room", "lab"));
    private static final IncidentList.Filter ALL_INCIDENTS =
            new IncidentList.Filter(null, null, null, List.of(), Period.ALWAYS);
    private static final DeliveryList.Filter ALL_DELIVERIES =
            new DeliveryList.Filter(null, null, null, List.of(), Period.ALWAYS);

    @TempDir
    Path folder;

    private NotifierBench bench;
    private IncidentList incidents;
    private DeliveryList deliveries;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}", "night: {fake: {}}");
        incidents = new IncidentList(bench.jdbc);
        deliveries = new DeliveryList(bench.jdbc);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void incidents_are_paged_the_latest_first_and_new_ones_shift_no_page() {
        IntStream.range(0, 7).forEach(number -> bench.accept(CO2.firing(number), CO2.resolved(number)));
        var seen = new ArrayList<Incident>();

        var page = incidents.read(ALL_INCIDENTS, null, 3);
        seen.addAll(page.rows());
        while (page.next().isPresent()) {
            bench.accept(CO2.firing(100 + seen.size()));
            page = incidents.read(ALL_INCIDENTS, page.next().get(), 3);
            seen.addAll(page.rows());
        }

        assertThat(seen)
                .extracting(Incident::incident)
                .containsExactlyElementsOf(IntStream.of(6, 5, 4, 3, 2, 1, 0)
                        .mapToObj(number -> CO2.firing(number).incident())
                        .toList());
    }

    @Test
    void incidents_of_one_instant_are_each_on_one_page() {
        IntStream.range(0, 25)
                .forEach(number -> bench.accept(
                        CO2.withSeries(Map.of("room", "r" + number)).firing(0)));

        assertThat(all((cursor, limit) -> incidents.read(ALL_INCIDENTS, cursor, limit), 4))
                .extracting(Incident::incident)
                .hasSize(25)
                .doesNotHaveDuplicates();
    }

    @Test
    void incidents_are_filtered_by_state_monitor_receiver_labels_and_time() {
        bench.accept(CO2.firing(0), CO2.resolved(0), CO2.firing(1), HEAT.firing(2));
        var firedAt = CO2.firing(1).slot();

        assertThat(incidents(new IncidentList.Filter(IncidentList.State.OPEN, null, null, List.of(), Period.ALWAYS)))
                .containsExactly(HEAT.firing(2).incident(), CO2.firing(1).incident());
        assertThat(incidents(
                        new IncidentList.Filter(IncidentList.State.RESOLVED, null, null, List.of(), Period.ALWAYS)))
                .containsExactly(CO2.firing(0).incident());
        assertThat(incidents(new IncidentList.Filter(null, "heat", null, List.of(), Period.ALWAYS)))
                .containsExactly(HEAT.firing(2).incident());
        assertThat(incidents(new IncidentList.Filter(null, null, "night", List.of(), Period.ALWAYS)))
                .containsExactly(HEAT.firing(2).incident());
        assertThat(incidents(matching("room=~off.*", "status=FAILED")))
                .containsExactly(CO2.firing(1).incident());
        assertThat(incidents(matching("site=north", "monitor!=room-co2")))
                .containsExactly(HEAT.firing(2).incident());
        assertThat(incidents(new IncidentList.Filter(
                        null, null, null, List.of(), new Period(firedAt, firedAt.plusSeconds(1)))))
                .containsExactly(CO2.firing(1).incident());
    }

    @Test
    void a_rare_match_is_found_behind_many_others() {
        IntStream.range(0, 1_200)
                .forEach(number -> bench.accept(
                        CO2.withSeries(Map.of("room", "r" + number)).firing(1)));
        bench.accept(HEAT.firing(0));

        var page = incidents.read(matching("room=lab"), null, 1);

        assertThat(page.rows()).extracting(Incident::monitor).containsExactly("heat");
        assertThat(page.next()).isEmpty();
    }

    @Test
    void deliveries_are_paged_and_filtered() {
        bench.accept(CO2.firing(0), HEAT.firing(0), CO2.resolved(0), CO2.firing(1));
        bench.finish("night", new Outcome.Rejected("HTTP 410"));

        assertThat(all((cursor, limit) -> deliveries.read(ALL_DELIVERIES, cursor, 0, limit), 2))
                .extracting(Delivery::receiver, Delivery::monitor)
                .containsExactly(
                        tuple("ops", "room-co2"),
                        tuple("ops", "room-co2"),
                        tuple("night", "heat"),
                        tuple("ops", "heat"),
                        tuple("ops", "room-co2"));
        assertThat(deliveries.read(ALL_DELIVERIES, null, 4, 10).rows()).hasSize(1);
        assertThat(deliveries(new DeliveryList.Filter("parked", null, null, List.of(), Period.ALWAYS)))
                .extracting(Delivery::receiver)
                .containsExactly("night");
        assertThat(deliveries(new DeliveryList.Filter(null, "ops", "heat", List.of(), Period.ALWAYS)))
                .hasSize(1);
        assertThat(deliveries(
                        new DeliveryList.Filter(null, null, null, List.of(Matcher.of("room=lab")), Period.ALWAYS)))
                .extracting(Delivery::monitor)
                .containsExactly("heat", "heat");
        assertThat(deliveries(new DeliveryList.Filter(
                        null,
                        null,
                        null,
                        List.of(),
                        new Period(null, Instant.now().minus(Duration.ofHours(1))))))
                .isEmpty();
    }

    @Test
    void ended_silences_are_paged_and_filtered() {
        for (int i = 0; i < 5; i++) {
            bench.silences.end(silence("site=north", "room=r" + i).id());
            bench.pass(Duration.ofMinutes(1));
        }
        silence("site=south");
        var list = new SilenceList(new SilenceHistory(bench.jdbc, bench.clock));

        assertThat(all((cursor, limit) -> list.read(Silence.State.ENDED, List.of(), Period.ALWAYS, cursor, limit), 2))
                .extracting(silence -> silence.matchers().getLast())
                .containsExactly("room=r4", "room=r3", "room=r2", "room=r1", "room=r0");
        assertThat(list.read(Silence.State.ENDED, List.of("room=r3"), Period.ALWAYS, null, 10)
                        .rows())
                .hasSize(1);
        assertThat(list.read(null, List.of(), Period.ALWAYS, null, 10).rows())
                .extracting(Silence::matchers)
                .containsExactly(List.of("site=south"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "!",
                "bm90IGpzb24",
                "[]",
                "[\"x\"]",
                "[\"2026-11-24T07:00:00Z\"]",
                "[\"+1000000-01-01T00:00:00Z\",\"a\"]",
                "[null]",
                "[\"2026-11-24T07:00:00Z\",\"\\u0000\"]",
                "{}",
                "[1,2,3]"
            })
    void a_cursor_that_no_list_gave_is_refused(String text) {
        var encoded = Base64.getUrlEncoder().encodeToString(text.getBytes(UTF_8));
        for (var cursor : List.of(text, encoded)) {
            assertThatExceptionOfType(Cursor.InvalidCursor.class)
                    .isThrownBy(() -> incidents.read(ALL_INCIDENTS, Cursor.read(cursor), 10));
        }
    }

    @Test
    void a_report_has_the_results_rule_routes_silences_and_deliveries_with_their_attempts() {
        bench.defineFile("""
                receivers: {ops: {fake: {}}, night: {fake: {}}}
                routes: {receiver: night, routes: [{match: ["room=office"], receiver: ops}]}
                """);
        var routed = AlertEvents.of("routed");
        var firing = withRule(routed.firing(0));
        bench.now.set(firing.slot());
        var silence = silence("site=north", "room=office");
        silence("room=elsewhere");
        bench.accept(firing);
        bench.pass(Duration.ofMinutes(1));
        bench.silences.end(silence.id());
        var claims = bench.deliveries.claim("me", List.of(bench.room("ops")));
        bench.deliveries.record(
                "me",
                claims.stream()
                        .map(claim -> Verdict.of(
                                        claim,
                                        new Outcome.Delivered("HTTP 200"),
                                        Duration.ofHours(1),
                                        new Backoff(Duration.ofMillis(2), Duration.ofMillis(20), new Random(1)))
                                .with(AttemptTable.Row.of(
                                        System.nanoTime(), new Answered(new Outcome.Delivered("HTTP 200"), 200, "ok"))))
                        .toList());
        bench.accept(routed.reminder(0, 1));

        var report = report(firing.incident());

        assertThat(report.incident().monitor()).isEqualTo("routed");
        assertThat(report.rule()).isEqualTo("failed above 1000; every 10s");
        assertThat(report.receivers()).isEmpty();
        assertThat(report.routes()).isNotNull().satisfies(routes -> {
            assertThat(routes.receivers()).containsExactly("ops");
            assertThat(routes.branches().getFirst().why()).hasSize(2);
        });
        assertThat(report.transitions()).hasSize(2);
        assertThat(report.transitions().getLast().event()).contains("\"type\":\"firing\"");
        assertThat(report.silences()).extracting(Silence::id).containsExactly(silence.id());
        assertThat(report.deliveries()).hasSize(2);
        assertThat(report.deliveries().getLast()).satisfies(sent -> {
            assertThat(sent.delivery().state()).isEqualTo("delivered");
            assertThat(sent.attemptHistory()).singleElement().satisfies(attempt -> {
                assertThat(attempt.status()).isEqualTo(200);
                assertThat(attempt.answer()).isEqualTo("ok");
            });
        });
    }

    @Test
    void a_report_shows_what_holds_a_delivery_and_no_routes_where_the_monitor_names_receivers() {
        bench.now.set(CO2.firing(0).slot());
        var silence = silence("site=north");
        bench.accept(CO2.firing(0));

        var report = report(CO2.firing(0).incident());

        assertThat(report.routes()).isNull();
        assertThat(report.receivers()).containsExactly("ops");
        assertThat(report.deliveries()).singleElement().satisfies(sent -> {
            assertThat(sent.delivery().state()).isEqualTo("held");
            assertThat(sent.heldBy()).containsExactly(silence.id());
        });
    }

    @Test
    void a_report_has_the_silences_of_the_time_when_the_incident_was_open() {
        bench.now.set(CO2.firing(0).slot());
        bench.accept(CO2.firing(0));
        bench.pass(Duration.ofMinutes(1));
        var during = silence("site=north");
        bench.now.set(CO2.resolved(0).slot());
        bench.accept(CO2.resolved(0));
        bench.pass(Duration.ofMinutes(1));
        silence("room=office");

        var report = report(CO2.firing(0).incident());

        assertThat(report.silences()).extracting(Silence::id).containsExactly(during.id());
    }

    @Test
    void a_report_of_a_resolved_incident_has_its_acknowledgement() {
        var incident = CO2.firing(0).incident();
        bench.now.set(CO2.firing(0).slot());
        bench.accept(CO2.firing(0));
        assertThat(report(incident).acknowledgements()).isEmpty();
        bench.pass(Duration.ofMinutes(1));
        bench.incidents.acknowledge(incident, new IncidentAcknowledgements.Terms(null, "on my way"), "ann");
        var at = bench.clock.instant();
        assertThat(report(incident).acknowledgements())
                .containsExactly(new AcknowledgementHistory.Entry("ann", at, null, null, "on my way"));
        bench.now.set(CO2.resolved(0).slot());

        bench.accept(CO2.resolved(0));

        assertThat(report(incident).incident().acknowledged()).isNull();
        assertThat(report(incident).acknowledgements())
                .containsExactly(new AcknowledgementHistory.Entry(
                        "ann", at, null, CO2.resolved(0).slot(), "on my way"));
    }

    @Test
    void a_report_has_the_end_of_an_acknowledgement() {
        var incident = CO2.firing(0).incident();
        bench.now.set(CO2.firing(0).slot());
        bench.accept(CO2.firing(0));
        var until = bench.clock.instant().plus(Duration.ofMinutes(5));
        bench.incidents.acknowledge(incident, new IncidentAcknowledgements.Terms(until, ""), "ann");
        bench.pass(Duration.ofMinutes(5));
        assertThat(report(incident).acknowledgements())
                .extracting(AcknowledgementHistory.Entry::endedAt)
                .containsExactly(until);

        bench.incidents.acknowledge(incident, new IncidentAcknowledgements.Terms(null, ""), "ann");
        bench.pass(Duration.ofMinutes(5));
        bench.incidents.end(incident, "ann");

        assertThat(report(incident).acknowledgements())
                .extracting(AcknowledgementHistory.Entry::endedAt)
                .containsExactly(bench.clock.instant());
    }

    @Test
    void a_long_incident_has_its_firing_and_its_latest_events_in_the_report_and_all_of_them_page_by_page() {
        bench.accept(CO2.firing(0));
        IntStream.rangeClosed(1, 150).forEach(number -> bench.accept(CO2.reminder(0, number)));
        var reports = reports();

        var transitions = report(CO2.firing(0).incident()).transitions();
        var paged = all(
                (cursor, limit) -> reports.transitions(CO2.firing(0).incident(), cursor, limit)
                        .orElseThrow(),
                40);

        assertThat(transitions).hasSize(100);
        assertThat(transitions.getFirst().event()).contains(CO2.reminder(0, 150).id());
        assertThat(transitions.getLast().event()).contains(CO2.firing(0).id());
        assertThat(paged).hasSize(151).doesNotHaveDuplicates();
        assertThat(reports.transitions("unknown", null, 10)).isEmpty();
        assertThat(reports.of("unknown")).isEmpty();
    }

    private static AlertEvent withRule(AlertEvent event) {
        var json =
                new String(Json.write(event), UTF_8).replaceFirst("}$", ",\"rule\":\"failed above 1000; every 10s\"}");
        return Json.read(json.getBytes(UTF_8), AlertEvent.class);
    }

    private static IncidentList.Filter matching(String... matchers) {
        return new IncidentList.Filter(
                null, null, null, List.of(matchers).stream().map(Matcher::of).toList(), Period.ALWAYS);
    }

    private List<String> incidents(IncidentList.Filter filter) {
        return incidents.read(filter, null, 100).rows().stream()
                .map(Incident::incident)
                .toList();
    }

    private List<Delivery> deliveries(DeliveryList.Filter filter) {
        return deliveries.read(filter, null, 0, 100).rows();
    }

    private static <T> List<T> all(BiFunction<@Nullable Cursor, Integer, ListPage<T>> list, int limit) {
        var page = list.apply(null, limit);
        var all = new ArrayList<>(page.rows());
        while (page.next().isPresent()) {
            page = list.apply(Cursor.read(page.next().get().text()), limit);
            all.addAll(page.rows());
        }
        return all;
    }

    private Silence silence(String... matchers) {
        return bench.silences.create(
                new Silence.Terms(
                        List.of(matchers).stream().map(Matcher::of).toList(),
                        null,
                        bench.clock.instant().plus(Duration.ofHours(1)),
                        "cleaning"),
                "anna");
    }

    private IncidentReports reports() {
        return new IncidentReports(
                bench.jdbc, new SilenceHistory(bench.jdbc, bench.clock), bench.receivers::routes, bench.clock);
    }

    private IncidentReport report(String incident) {
        return reports().of(incident).orElseThrow();
    }
}
