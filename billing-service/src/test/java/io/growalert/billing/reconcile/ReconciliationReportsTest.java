package io.growalert.billing.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReconciliationReportsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration LOOK_BACK = Duration.ofDays(4);

    private final TestDatabase database = TestDatabase.migrated();
    private final ReconciliationReports journal = new ReconciliationReports(database.jdbc());

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void the_first_one_is_due_at_once() {
        assertThat(isDueAt(NOW)).isTrue();
    }

    @Test
    void the_next_one_is_due_a_day_after_one_that_was_complete() {
        ended(true, LOOK_BACK);

        assertThat(isDueAt(NOW.plus(Duration.ofHours(24)).minusSeconds(1))).isFalse();
        assertThat(isDueAt(NOW.plus(Duration.ofHours(24)))).isTrue();
    }

    @Test
    void after_problems_the_next_one_is_due_in_an_hour() {
        ended(false, LOOK_BACK);

        assertThat(isDueAt(NOW.plus(Duration.ofHours(1)).minusSeconds(1))).isFalse();
        assertThat(isDueAt(NOW.plus(Duration.ofHours(1)))).isTrue();
    }

    @Test
    void one_that_looked_back_less_does_not_count_for_a_day() {
        ended(true, Duration.ofDays(1));

        assertThat(isDueAt(NOW.plus(Duration.ofHours(1)))).isTrue();
    }

    @Test
    void the_last_report_is_stored() {
        ended(true, LOOK_BACK);

        assertThat(journal.last().orElseThrow())
                .startsWith("{\"since\":\"2026-11-20T12:00:00Z\",\"requests\":7,\"seconds\":1.5,\"complete\":true,");
    }

    @Test
    void old_reports_are_deleted() {
        ended(true, LOOK_BACK);

        journal.add(report(true, LOOK_BACK), NOW.plus(Duration.ofDays(91)), NOW.plus(Duration.ofDays(91)));

        assertThat(database.jdbc()
                        .sql("select count(*) from billing.reconciliations")
                        .query(Long.class)
                        .single())
                .isOne();
    }

    private boolean isDueAt(Instant now) {
        return journal.isDue(now, Duration.ofDays(1), LOOK_BACK);
    }

    private void ended(boolean complete, Duration lookBack) {
        journal.add(report(complete, lookBack), NOW, NOW.plusSeconds(1));
    }

    private static ReconciliationReport report(boolean complete, Duration lookBack) {
        return new ReconciliationReport(
                NOW.minus(lookBack),
                7,
                1.5,
                complete,
                new ReconciliationReport.Events(1, 0, 0),
                new ReconciliationReport.Objects(1, 0, 0, 0, List.of()),
                List.of());
    }
}
