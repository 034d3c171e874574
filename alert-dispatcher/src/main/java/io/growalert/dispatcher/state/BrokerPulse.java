package io.growalert.dispatcher.state;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * Whether the broker answers: as long as it does not, no monitor can be heard, and none may be called silent. Taken from
 * the age of the last heartbeat, since the next one is only sent when the last was answered.
 */
final class BrokerPulse implements BooleanSupplier {
    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(500).toNanos();

    private final double mostSeconds;
    private volatile @Nullable KafkaStreams streams;
    private long looked;
    private boolean heard = true;

    /**
     * @param most the age of the last heartbeat that is still taken for an answering broker
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
        if (source != null && now - looked > LOOK_EVERY_NANOS) {
            looked = now;
            heard = source.metrics().entrySet().stream()
                    .filter(metric -> metric.getKey().name().equals("last-heartbeat-seconds-ago"))
                    .allMatch(metric -> !(metric.getValue().metricValue() instanceof Number age)
                            || age.doubleValue() <= mostSeconds);
        }
        return heard;
    }
}
