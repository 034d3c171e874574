package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.silence.MonitorMute;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.testkit.TestKafka;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownMonitorsTest {
    /** Nothing listens there. */
    private static final String UNREACHABLE = "127.0.0.1:1";

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void every_monitor_may_exist_while_kafka_is_unreachable() {
        assertThat(new KnownMonitors(KafkaConnection.at(UNREACHABLE), bench.jdbc).mayExist("room-co2"))
                .isTrue();
    }

    @Test
    void a_monitor_with_an_open_incident_or_a_mute_exists_without_a_definition() {
        bench.accept(AlertEvents.of("open-co2", "ops").firing(0));
        bench.silences.mute(new MonitorMute("muted-co2", Instant.now().plusSeconds(60), "cleaning"), "operator");
        var monitors = new KnownMonitors(KafkaConnection.at(TestKafka.bootstrapServers()), bench.jdbc);

        assertThat(monitors.mayExist("open-co2")).isTrue();
        assertThat(monitors.mayExist("muted-co2")).isTrue();
    }
}
