package io.growalert.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What is due later is due by the database's clock: an instance whose own clock was two hours ahead for a moment would otherwise delay
 * the first message of a group, an escalation or the end of a silence by two hours. Here the database is ahead of the instance.
 */
class SharedClockTest extends DispatcherFixture {
    private static final Duration AHEAD = Duration.ofHours(2);

    @Override
    String definitions() {
        return """
                receivers:
                  console: {log: {}}
                  ops: {webhook: {url: "http://127.0.0.1:%1$d/", groups: true}}
                routes:
                  receiver: ops
                  groupBy: [site]
                  groupWait: 10m
                  escalate: [{after: 10m, receivers: [console]}]
                """;
    }

    @Override
    Map<String, Object> moreSettings() {
        database.jdbc().sql("create schema ahead").update();
        database.jdbc().sql("""
                    create function ahead.clock_timestamp() returns timestamptz language sql
                    as 'select pg_catalog.clock_timestamp() + interval ''%d seconds'''
                    """.formatted(AHEAD.toSeconds())).update();
        var separator = database.url().contains("?") ? "&" : "?";
        return Map.of(
                "growalert.dispatcher.database.url",
                database.url() + separator + "options=-c%20search_path=ahead,pg_catalog");
    }

    @Test
    void groups_escalations_and_silences_go_by_the_clock_that_all_instances_share() throws Exception {
        publish(AlertEvents.of("co2").firing(0));
        assertThat(send(
                                "POST",
                                "/api/silences",
                                silence("room=lab", Instant.now().plus(AHEAD.multipliedBy(2))))
                        .statusCode())
                .isEqualTo(201);

        assertThat(awaited("select max(next_at) as at from dispatcher.groups")).isAfter(ahead());
        assertThat(awaited("select max(due_at) as at from dispatcher.escalations"))
                .isAfter(ahead());
        assertThat(awaited("select max(starts_at) as at from dispatcher.silences"))
                .isAfter(ahead());
    }

    private static Instant ahead() {
        return Instant.now().plus(AHEAD).minus(Duration.ofMinutes(5));
    }

    private Instant awaited(String query) {
        return await().until(
                        () -> database.jdbc()
                                .sql(query)
                                .query((row, _) -> Optional.ofNullable(Columns.optionalInstant(row, "at")))
                                .single(),
                        Optional::isPresent)
                .orElseThrow();
    }
}
