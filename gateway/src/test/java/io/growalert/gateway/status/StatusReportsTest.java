package io.growalert.gateway.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.evaluation.match.Matcher;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StatusReportsTest {
    private static final StatusPageDefinition PAGE =
            new StatusPageDefinition("farm", "Farm", List.of(Matcher.of("a=b")), true);
    private static final Instant START = Instant.parse("2026-11-27T12:00:00Z");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger queries = new AtomicInteger();
    private volatile boolean isAway;
    private volatile Duration behind = Duration.ZERO;
    private final StatusReports reports = new StatusReports(
            _ -> {
                queries.incrementAndGet();
                if (isAway) {
                    throw new IOException("away");
                }
                return report(now().minus(behind));
            },
            nanos::get,
            this::now);

    private Instant now() {
        return START.plusNanos(nanos.get());
    }

    private static StatusReport report(Instant asOf) {
        var room = new StatusReport.Monitor("room", null, "PASSED", null, List.of());
        return new StatusReport(asOf, "PASSED", 1, List.of(room), List.of());
    }

    private void passes(int seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    private StatusReports.Seen seen() {
        return reports.of(PAGE).orElseThrow();
    }

    @Test
    void a_report_is_queried_once_in_fifteen_seconds() {
        seen();
        passes(14);
        assertThat(seen().report().asOf()).isEqualTo(START);
        assertThat(queries).hasValue(1);
        assertThat(seen().stale()).isFalse();

        passes(1);
        assertThat(seen().report().asOf()).isEqualTo(START.plusSeconds(15));
        assertThat(queries).hasValue(2);
    }

    @Test
    void the_last_report_stays_while_the_service_is_away_and_is_stale_then() {
        seen();
        isAway = true;
        passes(15);
        assertThat(seen().stale()).isFalse();
        assertThat(queries).hasValue(2);

        passes(4);
        seen();
        assertThat(queries).hasValue(2);
        passes(1);
        assertThat(seen().stale()).isTrue();
        assertThat(seen().report().asOf()).isEqualTo(START);
        assertThat(queries).hasValue(3);

        isAway = false;
        passes(5);
        assertThat(seen()).isEqualTo(new StatusReports.Seen(report(START.plusSeconds(25)), false));
    }

    @Test
    void results_that_are_older_than_a_minute_are_stale_and_not_green_although_the_service_answers() {
        behind = Duration.ofSeconds(60);
        assertThat(seen().stale()).isFalse();
        assertThat(StatusText.badge(PAGE, seen())).contains("Farm: operational", "#2e7d32");

        behind = Duration.ofSeconds(75);
        passes(15);

        assertThat(seen().stale()).isTrue();
        assertThat(StatusText.badge(PAGE, seen()))
                .contains("Farm: operational (stale)")
                .doesNotContain("#2e7d32");
        assertThat(StatusText.html(PAGE, seen()))
                .contains("<strong>stale</strong>", "class=\"overall unknown\"", "<h3>room</h3>")
                .doesNotContain("class=\"passed\"");
        assertThat(new String(StatusText.json(PAGE, seen()), UTF_8)).contains("\"stale\":true");
    }

    @Test
    void without_a_report_there_is_none_and_the_query_is_not_repeated_at_once() {
        isAway = true;
        assertThat(reports.of(PAGE)).isEmpty();
        assertThat(reports.of(PAGE)).isEmpty();
        assertThat(queries).hasValue(1);

        passes(5);
        isAway = false;
        assertThat(reports.of(PAGE)).isPresent();
    }

    @Test
    void a_page_that_was_removed_is_forgotten() {
        seen();
        reports.retain(List.of());
        seen();
        assertThat(queries).hasValue(2);
    }

    @Test
    void one_request_queries_and_others_get_the_previous_report_meanwhile() throws Exception {
        var queried = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        var first = report(START);
        var slow = new StatusReports(
                _ -> {
                    if (queries.getAndIncrement() > 0) {
                        queried.countDown();
                        try {
                            released.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                    return first;
                },
                nanos::get,
                this::now);
        slow.of(PAGE);
        passes(15);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var querying = threads.submit(() -> slow.of(PAGE));
            queried.await();

            assertThat(slow.of(PAGE)).isPresent();
            assertThat(querying.isDone()).isFalse();
            assertThat(queries).hasValue(2);
            released.countDown();
            assertThat(querying.get()).isPresent();
        }
    }
}
