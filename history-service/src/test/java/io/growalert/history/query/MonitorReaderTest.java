package io.growalert.history.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.Json;
import io.growalert.history.HistoryDatabase;
import io.growalert.history.Rooms;
import io.growalert.history.store.CopyRows;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The row of a monitor is up to ten seconds behind its runs. */
class MonitorReaderTest {
    private static final Instant SLOT = Instant.parse("2026-11-24T07:00:00Z");
    private static final Duration SILENCE = Rooms.monitor("room").silenceLimit();
    private static final MonitorOverview.Filter ALL = new MonitorOverview.Filter(null, List.of(), List.of());

    private final HistoryDatabase database = HistoryDatabase.migrated();
    private final MonitorReader reader = new MonitorReader(database.jdbc());

    @BeforeEach
    void store() {
        database.jdbc()
                .sql("""
                        insert into history.monitors (monitor, definition, defined_at, last_slot, newest_slot, last_value, status, since,
                            silence)
                        values ('room', :definition::jsonb, :slot::timestamptz, :slot::timestamptz, :slot::timestamptz, 1, 0, :slot::timestamptz,
                            make_interval(secs => :silence))
                        """)
                .param("definition", new String(Json.write(Rooms.monitor("room")), UTF_8))
                .param("slot", SLOT.toString())
                .param("silence", SILENCE.toSeconds())
                .update();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void run(int second, double... readings) {
        var rows = new CopyRows("history.runs (monitor, slot, series, readings, statuses)");
        rows.number(1)
                .time(SLOT.plusSeconds(second))
                .ints(new int[readings.length])
                .doubles(readings)
                .ints(null)
                .endRow();
        rows.copyTo(database.dataSource());
    }

    private MonitorReader.Entry one() {
        return reader.one("room").orElseThrow();
    }

    @Test
    void the_last_slot_and_value_are_those_of_the_last_run() {
        assertThat(one().lastValue()).isEqualTo(1);

        run(-1, 6);
        run(8, 7);
        run(9, 8);

        assertThat(one().lastSlot()).isEqualTo(SLOT.plusSeconds(9));
        assertThat(one().lastValue()).isEqualTo(8);
        assertThat(reader.all()).containsExactly(one());
        assertThat(reader.page(ALL, "", 10, SLOT))
                .flatExtracting(stored -> stored.entry().stream().toList())
                .containsExactly(one());

        run(10, 8, 9);
        assertThat(one().lastValue()).isNull();
    }

    @Test
    void silence_begins_with_the_last_run() {
        run(9, 7);

        var silent = SLOT.plusSeconds(9).plus(SILENCE);
        assertThat(reader.counts(ALL, silent)).isEqualTo(Map.of(StoredStatus.PASSED, 1L));
        assertThat(one().status(silent)).isEqualTo(StoredStatus.PASSED);
        var later = silent.plusSeconds(1);
        assertThat(reader.counts(ALL, later)).isEqualTo(Map.of(StoredStatus.MISSED, 1L));
        assertThat(one().status(later)).isEqualTo(StoredStatus.MISSED);
    }

    @Test
    void a_monitor_that_is_defined_again_is_silent_since_then_at_the_earliest() {
        database.jdbc()
                .sql("update history.monitors set defined_at = :at")
                .param("at", Micros.utc(SLOT.plus(SILENCE)))
                .update();

        var silent = SLOT.plus(SILENCE.multipliedBy(2));
        assertThat(reader.counts(ALL, silent)).isEqualTo(Map.of(StoredStatus.PASSED, 1L));
        assertThat(one().status(silent)).isEqualTo(StoredStatus.PASSED);
        assertThat(reader.counts(ALL, silent.plusSeconds(1))).isEqualTo(Map.of(StoredStatus.MISSED, 1L));
        assertThat(one().status(silent.plusSeconds(1))).isEqualTo(StoredStatus.MISSED);
    }
}
