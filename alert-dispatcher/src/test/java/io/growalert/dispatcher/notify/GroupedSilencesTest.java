package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.GroupEvent.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Silences hold alerts before they come into a message, and a message that is not sent while they hold all its alerts. */
@SuppressWarnings("NullAway.Init")
class GroupedSilencesTest {
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Instant ONE = NOON.plus(Duration.ofHours(1));
    private static final Instant TWO = NOON.plus(Duration.ofHours(2));
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final AlertEvents OFFICE = AlertEvents.of("co2");
    private static final AlertEvents LAB = OFFICE.withSeries(Map.of("room", "lab"));
    private static final AlertEvents ATTIC = OFFICE.withSeries(Map.of("room", "attic"));

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
        routes("groupWait: 10s, groupInterval: 1m");
        bench.now.set(NOON);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void what_starts_inside_and_outlives_a_silence_is_notified_at_its_end() {
        var silence = silence(ONE, "room=office");
        bench.accept(OFFICE.firing(0), LAB.firing(0));

        form(WAIT);

        assertThat(changes()).containsExactly("new [lab] still [] resolved []");
        assertThat(bench.silences.held(silence.id())).isOne();
        bench.finish("ops", DELIVERED);
        assertThat(at(ONE.minusMillis(1))).isZero();
        assertThat(at(ONE)).isOne();
        assertThat(changes()).last().isEqualTo("new [office] still [lab] resolved []");
        assertThat(bench.silences.held(silence.id())).isZero();
    }

    @Test
    void what_starts_and_ends_inside_is_not_notified() {
        silence(ONE, "room=office");

        bench.accept(OFFICE.firing(0));
        form(WAIT);
        bench.accept(OFFICE.reminder(0, 1));
        bench.accept(OFFICE.resolved(0));

        assertThat(at(ONE)).isZero();
        assertThat(at(TWO)).isZero();
        assertThat(changes()).isEmpty();
    }

    @Test
    void what_was_notified_before_and_resolves_inside_is_reported_resolved_at_the_end() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        notified();
        var silence = silence(ONE, "room=office");

        bench.accept(OFFICE.resolved(0));
        form(Duration.ofMinutes(2));
        assertThat(bench.silences.held(silence.id())).isOne();
        assertThat(changes()).hasSize(1);

        assertThat(at(ONE)).isOne();
        assertThat(changes()).last().isEqualTo("new [] still [lab] resolved [office]");
    }

    @Test
    void what_was_notified_before_and_fires_on_is_not_notified_again_after_the_silence() {
        bench.accept(OFFICE.firing(0));
        notified();
        var silence = silence(ONE, "room=office");

        assertThat(bench.silences.held(silence.id())).isZero();
        assertThat(at(ONE)).isZero();
        assertThat(at(TWO)).isZero();
    }

    @Test
    void a_silence_that_begins_during_the_wait_holds_what_it_matches() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        silence(ONE, "room=office");

        form(WAIT);

        assertThat(changes()).containsExactly("new [lab] still [] resolved []");
        bench.finish("ops", DELIVERED);
        assertThat(at(ONE)).isOne();
    }

    @Test
    void a_silence_that_ends_before_the_group_was_notified_delays_nothing() {
        var silence = silence(ONE, "site=north");
        bench.accept(OFFICE.firing(0));
        bench.silences.end(silence.id());

        assertThat(bench.former.formDue()).isOne();
        assertThat(changes()).containsExactly("new [office] still [] resolved []");
    }

    @Test
    void what_a_silence_ends_for_waits_for_the_interval_of_its_group() {
        var silence = silence(ONE, "room=office");
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        form(WAIT);
        bench.finish("ops", DELIVERED);

        bench.silences.end(silence.id());

        assertThat(bench.formAfter(Duration.ofSeconds(59))).isZero();
        assertThat(bench.formAfter(Duration.ofSeconds(1))).isOne();
    }

    @Test
    void what_is_silenced_is_not_repeated_and_counts_as_firing_for_its_receiver() {
        routes("groupWait: 10s, groupInterval: 1m, repeat: 10m");
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        notified();
        silence(ONE, "room=office");
        bench.accept(LAB.resolved(0));
        form(Duration.ofMinutes(1));
        bench.finish("ops", DELIVERED);

        assertThat(changes()).last().isEqualTo("new [] still [office] resolved [lab]");
        assertThat(bench.messages().getLast().endsAll()).isFalse();
        assertThat(bench.formAfter(Duration.ofMinutes(30))).isZero();
        assertThat(at(ONE.plusSeconds(60))).isOne();
        assertThat(changes()).last().isEqualTo("new [] still [office] resolved []");
    }

    @Test
    void an_unsent_message_is_held_while_all_its_alerts_are_and_not_by_a_silence_of_some() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        form(WAIT);
        assertThat(bench.states()).containsExactly("pending");

        var office = silence(TWO, "room=office");
        assertThat(bench.states()).containsExactly("pending");
        var lab = silence(ONE, "room=lab");
        assertThat(bench.states()).containsExactly("held");
        assertThat(bench.silences.held()).containsOnly(Map.entry(office.id(), 1L), Map.entry(lab.id(), 1L));

        at(ONE);

        assertThat(bench.states()).containsExactly("pending");
        bench.finish("ops", DELIVERED);
        at(TWO);
        assertThat(bench.states()).containsExactly("delivered");
    }

    @Test
    void a_message_that_is_held_is_reported_once_for_each_of_its_incidents() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        form(WAIT);

        silence(ONE, "site=north");
        silence(ONE, "room=lab");

        assertThat(bench.jdbc
                        .sql(
                                "select count(*) from dispatcher.notification_outbox where body like '%\"delivery-held\"%'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void a_silence_of_all_its_alerts_releases_a_message_at_its_end() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        form(WAIT);
        var silence = silence(ONE, "site=north");
        assertThat(bench.states()).containsExactly("held");
        assertThat(claims()).isEmpty();

        bench.silences.end(silence.id());

        assertThat(bench.states()).containsExactly("pending");
        assertThat(claims()).hasSize(1);
    }

    @Test
    void a_changed_silence_releases_a_message_of_which_it_holds_only_some_alerts_now() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        form(WAIT);
        var silence = silence(ONE, "site=north");

        bench.silences.change(silence.id(), terms(ONE, "room=lab"));

        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void a_changed_silence_releases_the_alerts_that_it_no_longer_matches() {
        var silence = silence(ONE, "site=north");
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        form(WAIT);
        assertThat(changes()).isEmpty();

        bench.silences.change(silence.id(), terms(ONE, "room=lab"));

        assertThat(bench.former.formDue()).isOne();
        assertThat(changes()).containsExactly("new [office] still [] resolved []");
    }

    @Test
    void a_message_on_hold_does_not_delay_the_next_one_of_other_alerts() {
        bench.accept(OFFICE.firing(0));
        form(WAIT);
        silence(ONE, "room=office");

        bench.accept(LAB.firing(0));
        form(Duration.ofMinutes(1));

        assertThat(bench.states()).containsExactly("held", "pending");
        assertThat(claims()).hasSize(1);
        at(ONE);
        assertThat(bench.states()).containsExactly("pending", "pending");
        // the later one is in flight
        assertThat(claims()).isEmpty();
    }

    @Test
    void what_was_in_a_message_on_hold_and_ends_inside_is_reported_resolved_after_it() {
        bench.accept(OFFICE.firing(0));
        form(WAIT);
        silence(ONE, "room=office");
        bench.accept(OFFICE.resolved(0));
        form(Duration.ofMinutes(5));
        assertThat(bench.states()).containsExactly("held");

        at(ONE);
        bench.finish("ops", DELIVERED);
        form(Duration.ofMinutes(1));

        assertThat(changes()).containsExactly("new [office] still [] resolved []", "new [] still [] resolved [office]");
    }

    @Test
    void a_message_in_flight_when_a_silence_of_all_its_alerts_begins_is_held_only_if_it_fails() {
        bench.accept(OFFICE.firing(0));
        form(WAIT);
        var claims = claims();

        silence(ONE, "room=office");
        assertThat(bench.states()).containsExactly("pending");
        bench.finish(claims, new Outcome.Retry("HTTP 503"));

        assertThat(bench.states()).containsExactly("held");
        at(ONE);
        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void a_redriven_message_is_held_when_all_its_alerts_are_silenced() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        form(WAIT);
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        silence(TWO, "room=office");
        var lab = silence(ONE, "room=lab");
        assertThat(bench.states()).containsExactly("parked");

        assertThat(bench.redrive.redrive(delivery(), false)).isEqualTo(new Redrive.Result.Due());

        assertThat(bench.states()).containsExactly("held");
        bench.silences.end(lab.id());
        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void an_alert_holds_others_of_its_group_by_inhibition() {
        bench.defineSilences("""
                inhibit:
                  - {source: ["room=attic"], target: ["site=north", "room!=attic"], equal: [site]}
                """);
        bench.accept(ATTIC.firing(0));
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        form(WAIT);
        assertThat(changes()).containsExactly("new [attic] still [] resolved []");
        bench.finish("ops", DELIVERED);
        bench.accept(LAB.resolved(0));
        bench.accept(ATTIC.resolved(0));
        form(Duration.ofMinutes(1));

        assertThat(changes()).last().isEqualTo("new [office] still [] resolved [attic]");
    }

    @Test
    void a_silence_by_status_holds_an_alert_only_while_its_latest_event_matches() {
        bench.accept(OFFICE.firing(0));
        notified();
        silence(ONE, "status=FAILED");

        bench.accept(OFFICE.resolved(0));
        form(Duration.ofMinutes(1));

        assertThat(changes()).last().isEqualTo("new [] still [] resolved [office]");
    }

    private void routes(String more) {
        bench.defineFile("receivers:\n  ops: {fake: {}}\nroutes: {receiver: ops, groupBy: [site], %s}".formatted(more));
    }

    private void notified() {
        form(WAIT);
        bench.finish("ops", DELIVERED);
    }

    private void form(Duration time) {
        bench.formAfter(time);
    }

    private int at(Instant instant) {
        return bench.formAfter(Duration.between(bench.clock.instant(), instant));
    }

    private Silence silence(Instant end, String... matchers) {
        return bench.silences.create(terms(end, matchers), "operator");
    }

    private static Silence.Terms terms(Instant end, String... matchers) {
        return new Silence.Terms(Stream.of(matchers).map(Matcher::of).toList(), null, end, "cleaning");
    }

    private List<Deliveries.Claim> claims() {
        return bench.deliveries.claim("me", List.of(bench.room("ops")));
    }

    private String delivery() {
        return bench.jdbc
                .sql("select id from dispatcher.deliveries")
                .query(String.class)
                .single();
    }

    private List<String> changes() {
        return bench.messages().stream()
                .map(message -> "new %s still %s resolved %s"
                        .formatted(
                                rooms(message, Change.NEW),
                                rooms(message, Change.STILL_FIRING),
                                rooms(message, Change.RESOLVED)))
                .toList();
    }

    private static List<String> rooms(GroupEvent message, Change change) {
        return message.alerts(change).stream()
                .map(AlertEvent::series)
                .map(series -> series.getOrDefault("room", ""))
                .sorted()
                .toList();
    }
}
