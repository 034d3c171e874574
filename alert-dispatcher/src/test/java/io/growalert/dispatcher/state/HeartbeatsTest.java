package io.growalert.dispatcher.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.CloudEvent;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatsTest {
    @TempDir
    Path folder;

    private StateTopologyDriver topology;

    @BeforeEach
    void open() {
        topology = new StateTopologyDriver(folder);
    }

    @AfterEach
    void close() {
        topology.close();
    }

    @Test
    void a_heartbeat_passes_with_its_partition_and_the_time_it_was_sent() {
        var sent = ExampleMonitor.slot(0);

        topology.result(Heartbeat.result(sent), sent.plusSeconds(2));

        var passed = passed();
        assertThat(passed).hasSize(1);
        assertThat(Json.read(passed.getFirst().value(), Heartbeat.class)).isEqualTo(new Heartbeat(0, sent));
        assertThat(passed.getFirst().key()).isEqualTo("0");
        assertThat(StateTopologyDriver.header(passed.getFirst(), "ce_type")).isEqualTo(CloudEvent.HEARTBEAT);
    }

    @Test
    void a_heartbeat_of_a_clock_that_is_ahead_has_the_time_of_the_broker() {
        var appended = ExampleMonitor.slot(0);

        topology.result(Heartbeat.result(appended.plus(Duration.ofHours(1))), appended);

        assertThat(Json.read(passed().getFirst().value(), Heartbeat.class)).isEqualTo(new Heartbeat(0, appended));
    }

    @Test
    void a_heartbeat_is_neither_a_result_nor_an_event_nor_a_dead_letter() {
        topology.define(ExampleMonitor.monitor(ExampleMonitor.AT_ONCE));

        topology.result(Heartbeat.result(ExampleMonitor.slot(0)));

        assertThat(topology.alerts()).isEmpty();
        assertThat(letters()).isEmpty();
        assertThat(topology.count("growalert.state.results")).isZero();
        assertThat(topology.count("growalert.state.ignored", "reason", "undefined"))
                .isZero();
    }

    @Test
    void an_unreadable_heartbeat_is_dead_lettered() {
        topology.raw(Heartbeat.MONITOR, "not json".getBytes(UTF_8));
        topology.raw(Heartbeat.MONITOR, null);

        assertThat(letters()).hasSize(2);
        assertThat(passed()).isEmpty();
    }

    @Test
    void a_dispatcher_that_does_not_know_heartbeats_ignores_them() {
        // it finds no monitor of this id, since none can be defined
        assertThat(MonitorDefinition.ID.matcher(Heartbeat.MONITOR).matches()).isFalse();
    }

    private List<TestRecord<String, byte[]>> passed() {
        return topology.output(Topics.HEARTBEATS).readRecordsToList();
    }

    private List<TestRecord<String, byte[]>> letters() {
        return topology.output(Topics.deadLetters(Topics.CHECK_RESULTS)).readRecordsToList();
    }
}
