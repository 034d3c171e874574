package io.growalert.dispatcher.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.AlertCommand;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import io.growalert.runtime.entitlement.CustomerPauses;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology without a broker, whose wall clock begins at the first slot and is moved by hand. */
final class StateTopologyDriver implements AutoCloseable {
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final AtomicBoolean hearsBroker = new AtomicBoolean(true);
    final Set<String> pausedCustomers = new HashSet<>();
    Instant pausedSince = Instant.MIN;
    final AtomicBoolean knowsPauses = new AtomicBoolean(true);
    private final TopologyTestDriver driver;
    private final TestInputTopic<String, byte[]> monitors;
    private final TestInputTopic<String, byte[]> results;
    private final TestInputTopic<String, byte[]> commands;
    private final TestOutputTopic<String, byte[]> alerts;
    private Instant now = ExampleMonitor.slot(0);

    /** With own alerts that need not wait. */
    StateTopologyDriver(Path folder) {
        this(folder, Duration.ZERO);
    }

    StateTopologyDriver(Path folder, Duration ownAlertDelay) {
        var settings = new Properties();
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        var topology = new Topology();
        StateTopology.addTo(
                topology,
                new StateMetrics(meters),
                hearsBroker::get,
                ownAlertDelay,
                pauses(),
                context -> () -> Instant.ofEpochMilli(context.currentSystemTimeMs()),
                Stores::inMemoryKeyValueStore);
        driver = new TopologyTestDriver(topology, settings, now);
        monitors = driver.createInputTopic(Topics.MONITORS, new StringSerializer(), new ByteArraySerializer());
        results = driver.createInputTopic(Topics.CHECK_RESULTS, new StringSerializer(), new ByteArraySerializer());
        commands = driver.createInputTopic(Topics.ALERT_COMMANDS, new StringSerializer(), new ByteArraySerializer());
        alerts = output(Topics.ALERTS);
    }

    private CustomerPauses pauses() {
        return new CustomerPauses() {
            @Override
            public boolean isReady() {
                return knowsPauses.get();
            }

            @Override
            public boolean isPaused(@Nullable String customer) {
                return customer != null && pausedCustomers.contains(customer);
            }

            @Override
            public boolean wasPaused(@Nullable String customer, Instant appended) {
                return isPaused(customer) && !appended.isBefore(pausedSince);
            }
        };
    }

    TestOutputTopic<String, byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
    }

    void define(MonitorDefinition definition) {
        definition(definition.id(), Json.write(definition));
    }

    void definition(@Nullable String key, byte @Nullable [] json) {
        monitors.pipeInput(new TestRecord<>(key, json, now));
    }

    /** The result arrives now. */
    void result(CheckResult result) {
        result(result, now);
    }

    /** The result was appended to its topic at this instant. */
    void result(CheckResult result, Instant appended) {
        results.pipeInput(new TestRecord<>(result.monitor(), Json.write(result), appended));
    }

    /** The result arrives at its slot's instant. */
    void onTime(CheckResult result) {
        until(result.slot());
        result(result);
    }

    void raw(@Nullable String key, byte @Nullable [] json) {
        results.pipeInput(new TestRecord<>(key, json, now));
    }

    void forget(String monitor, String alert) {
        var command = new AlertCommand("c1", AlertCommand.Type.FORGET, monitor, alert, now);
        command(monitor, Json.write(command));
    }

    void command(@Nullable String key, byte @Nullable [] json) {
        commands.pipeInput(new TestRecord<>(key, json, now));
    }

    /** The wall clock is set, without that much time going by. */
    void setClock(Instant instant) {
        driver.advanceWallClockTime(Duration.between(now, instant));
        now = instant;
    }

    void until(Instant instant) {
        while (now.isBefore(instant)) {
            var step = Duration.ofSeconds(1);
            var left = Duration.between(now, instant);
            pass(left.compareTo(step) < 0 ? left : step);
        }
    }

    void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    List<TestRecord<String, byte[]>> alertRecords() {
        return alerts.readRecordsToList();
    }

    List<AlertEvent> alerts() {
        return alertRecords().stream()
                .map(record -> Json.read(record.value(), AlertEvent.class))
                .toList();
    }

    /** The alerts since the last look, as type, series and reason. */
    List<String> published() {
        return alerts().stream()
                .map(event -> "%s %s %s"
                        .formatted(
                                event.type().wire(),
                                String.join(" ", event.series().values()),
                                event.reason()))
                .map(text -> text.replace("  ", " "))
                .toList();
    }

    /** The stored time until which results could arrive. */
    Optional<Instant> listened() {
        return new AlertStore(driver.getKeyValueStore(StateTopology.ALERT_STATES)).listened();
    }

    double count(String name, String... tags) {
        return meters.get(name).tags(tags).counter().count();
    }

    static String header(TestRecord<String, byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    @Override
    public void close() {
        driver.close();
    }
}
