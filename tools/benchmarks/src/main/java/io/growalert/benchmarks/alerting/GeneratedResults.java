package io.growalert.benchmarks.alerting;

import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckResult;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import io.growalert.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes the results of monitors that do not exist, as a monitor-service would. */
final class GeneratedResults implements AutoCloseable {
    static final Duration EVERY = Duration.ofSeconds(10);
    private static final double LIMIT = 1_000;

    private final int series;
    private final Duration every;
    private final KafkaProducer<String, byte[]> producer;

    /** @param series of each monitor */
    GeneratedResults(String broker, int series) {
        this(broker, series, EVERY);
    }

    GeneratedResults(String broker, int series, Duration every) {
        this.series = series;
        this.every = every;
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.LINGER_MS_CONFIG,
                        20),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    static String monitor(int number) {
        return "generated-" + number;
    }

    static MonitorDefinition definition(int number) {
        return definition(number, EVERY);
    }

    private static MonitorDefinition definition(int number, Duration every) {
        return new MonitorDefinition(
                monitor(number),
                "benchmark",
                every,
                Duration.ofSeconds(5),
                "none",
                null,
                "SELECT",
                null,
                new Threshold.Above(LIMIT),
                null,
                OnMissing.FAIL,
                OnMissing.FAIL,
                new AlertPolicy(3, null, 1, null, Duration.ofHours(24), List.of("ops")),
                Map.of("site", "north-" + number % 7),
                null,
                null,
                null);
    }

    void define(int monitors) {
        for (int number = 0; number < monitors; number++) {
            var _ = producer.send(
                    new ProducerRecord<>(Topics.MONITORS, monitor(number), Json.write(definition(number, every))));
        }
        producer.flush();
    }

    /** A value with a decimal, which fails now and then. */
    static double value(int monitor, int row, long slot) {
        long hash = Long.hashCode((monitor * 31L + row) * 1_000_003L + slot / 600) & 0x3ff;
        return (hash % 97 == 0 ? 10_010 : 4_000) / 10.0 + (hash % 50) / 10.0;
    }

    CheckResult run(int monitor, Instant slot) {
        var rows = IntStream.range(0, series)
                .mapToObj(row -> {
                    double value = value(monitor, row, slot.getEpochSecond());
                    boolean failed = value > LIMIT;
                    return new SeriesResult(
                            Map.of("room", "room-" + row),
                            value,
                            failed ? Status.FAILED : Status.PASSED,
                            failed ? "above 1000" : null);
                })
                .toList();
        boolean failed = rows.stream().anyMatch(row -> row.status() == Status.FAILED);
        return new CheckResult(
                monitor(monitor),
                slot,
                slot,
                5,
                failed ? Status.FAILED : Status.PASSED,
                0,
                1,
                1,
                Map.of(),
                rows,
                null,
                null);
    }

    void publish(int monitor, Instant slot) {
        var _ = producer.send(
                new ProducerRecord<>(Topics.CHECK_RESULTS, monitor(monitor), Json.write(run(monitor, slot))));
    }

    @Override
    public void close() {
        producer.close();
    }
}
