package io.growalert.standalone.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.loop.Progress;
import io.growalert.testkit.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomExampleTest {
    @TempDir
    static Path folder;

    static final TestPostgres DATABASE = new TestPostgres();

    private Instant now = Instant.parse("2026-11-24T07:00:00Z");

    @AfterAll
    static void stopDatabase() {
        DATABASE.close();
    }

    @BeforeEach
    void dropTable() throws Exception {
        execute("DROP TABLE IF EXISTS readings");
    }

    @Test
    void the_recording_starts_at_14_40_and_passes_1000_ppm_after_15_s_for_92_s() {
        var co2 = RoomReading.recorded().stream().map(RoomReading::co2).toList();

        assertThat(RoomReading.recorded().getFirst().time()).isEqualTo("2015-02-02T14:39:59Z");
        assertThat(co2.subList(0, 15)).allMatch(ppm -> ppm <= 1000);
        assertThat(co2.subList(15, 107)).allMatch(ppm -> ppm > 1000);
        assertThat(co2.subList(107, 160)).allMatch(ppm -> ppm <= 1000);
    }

    @Test
    void each_reading_is_stamped_with_the_moment_it_is_written() throws Exception {
        try (var store = new PostgresReadings(DATABASE.dataSource()::getConnection)) {
            store.prepare();
            var replay = new RoomReplay(List.of(store), () -> now, new Progress("room-replay"));
            for (int second = 0; second < 3; second++) {
                replay.writeNext();
                now = now.plusSeconds(1);
            }
        }

        assertThat(query("SELECT to_char(time AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' ' || room || ' ' || co2_ppm "
                        + "FROM readings ORDER BY time"))
                .containsExactly("07:00:00 office 918", "07:00:01 office 925.2", "07:00:02 office 929.4");
    }

    @Test
    void the_sensor_is_silent_once_in_each_round() {
        var written = new ArrayList<Instant>();
        var start = now;
        var replay = new RoomReplay(List.of(storeInto(written)), () -> now, new Progress("room-replay"));

        for (int second = 0; second < 160; second++) {
            replay.writeNext();
            now = now.plusSeconds(1);
        }

        assertThat(written).contains(start.plusSeconds(129), start.plusSeconds(150));
        assertThat(written)
                .noneMatch(time -> time.isAfter(start.plusSeconds(129)) && time.isBefore(start.plusSeconds(150)));
    }

    @Test
    void whatever_a_store_throws_the_next_reading_is_tried_and_the_reason_is_known() {
        var nanos = new AtomicLong();
        var broken = new AtomicBoolean(true);
        var store = new ReadingStore() {
            @Override
            public void prepare() {}

            @Override
            public void write(RoomReading reading) {
                if (broken.get()) {
                    throw new StackOverflowError("as in a bug");
                }
            }

            @Override
            public void close() {}
        };
        var replay = new RoomReplay(List.of(store), () -> now, new Progress("room-replay", nanos::get));

        replay.writeNext();
        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        replay.writeNext();
        assertThat(replay.progress().stalled()).hasValue("failing for 31 s: java.lang.StackOverflowError: as in a bug");

        broken.set(false);
        replay.writeNext();
        assertThat(replay.progress().stalled()).isEmpty();
    }

    @Test
    void the_containers_replay_makes_the_same_table_starts_and_is_silent_at_the_same_time() throws Exception {
        assertThat(Path.of("../docker/replay.sh"))
                .content()
                .contains(
                        PostgresReadings.TABLE.strip(),
                        "$0 >= \"%s\"".formatted(RoomReading.FROM.toString().replace("Z", "")),
                        "\"$second\" -lt %d".formatted(RoomReplay.SILENT_FROM.toSeconds()),
                        "\"$second\" -ge %d".formatted(RoomReplay.SILENT_TO.toSeconds()));
    }

    @Test
    void a_table_of_that_name_that_is_not_ours_is_left_alone() throws Exception {
        execute("CREATE TABLE readings (mine text)");

        try (var store = new PostgresReadings(DATABASE.dataSource()::getConnection)) {
            assertThatThrownBy(store::prepare)
                    .isInstanceOf(RoomUnavailable.class)
                    .hasMessageContaining("not the room example's");
        }
    }

    @Test
    void the_definitions_are_written_out_with_the_database_they_read() throws Exception {
        var file = new RoomExample(Map.of()).definitions(folder, DATABASE.url(), "postgres");

        assertThat(file).hasFileName("room.yaml");
        assertThat(Files.readString(file)).contains(DATABASE.url()).doesNotContain("ROOM_POSTGRES");
    }

    @Test
    void with_an_influxdb_at_hand_its_variant_runs() {
        var file = new RoomExample(Map.of("INFLUX_URL", "http://127.0.0.1:8086"))
                .definitions(folder, DATABASE.url(), "postgres");

        assertThat(file).hasFileName("room-influx.yaml");
    }

    private static ReadingStore storeInto(List<Instant> written) {
        return new ReadingStore() {
            @Override
            public void prepare() {}

            @Override
            public void write(RoomReading reading) {
                written.add(reading.time());
            }

            @Override
            public void close() {}
        };
    }

    private static void execute(String sql) throws Exception {
        try (var connection = DATABASE.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> query(String sql) throws Exception {
        try (var connection = DATABASE.dataSource().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var values = new ArrayList<String>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
