package io.growalert.dispatcher.state;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * Whether the broker is reachable: while it is not, no result can arrive, and no monitor counts as silent. Derived from the age of
 * the last heartbeat, since the next one is only sent after the response to the last.
 */
final class BrokerPulse implements BooleanSupplier {
    private static final long READ_EVERY_NANOS = Duration.ofMillis(500).toNanos();

    private static final long FIND_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private final double mostSeconds;
    private volatile @Nullable KafkaStreams streams;
    private long lastRead;
    private long agesFound;
    private List<Metric> ages = List.of();
    private boolean heard = true;

    /**
     * @param most the age of the last heartbeat up to which the broker counts as reachable
     */
    BrokerPulse(Duration most) {
        this.mostSeconds = most.toMillis() / 1000.0;
    }

    void listenTo(KafkaStreams streams) {
        this.streams = streams;
    }

    @Override
    public synchronized boolean getAsBoolean() {
        long now = System.nanoTime();
        var source = streams;
        if (source != null && now - lastRead > READ_EVERY_NANOS) {
            lastRead = now;
            if (ages.isEmpty() || now - agesFound > FIND_EVERY_NANOS || !isHeard()) {
                // also when one is old, which may be that of a replaced thread
                agesFound = now;
                ages = agesIn(source);
            }
            heard = isHeard();
        }
        return heard;
    }

    /** Before the first heartbeat there is no age. */
    private boolean isHeard() {
        return ages.stream()
                .allMatch(metric -> !(metric.metricValue() instanceof Number age) || age.doubleValue() <= mostSeconds);
    }

    /** There are thousands of metrics, and these few change only when a thread is replaced. */
    private static List<Metric> agesIn(KafkaStreams source) {
        return source.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("last-heartbeat-seconds-ago"))
                .<Metric>map(Map.Entry::getValue)
                .toList();
    }
}
