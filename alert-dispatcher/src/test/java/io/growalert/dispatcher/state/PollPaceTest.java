package io.growalert.dispatcher.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.runtime.kafka.KafkaConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class PollPaceTest {
    private static final Duration LONG = Duration.ofMillis(250);

    private final AtomicLong nanos = new AtomicLong(-5);
    private final PollPace pace = new PollPace(nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void an_idle_thread_waits_as_long_as_it_may_once_its_assignment_has_settled() {
        assertThat(pace.wait(LONG, 1, false)).isEqualTo(CommitPace.LEAST_APART);

        pass(Duration.ofSeconds(11));

        assertThat(pace.wait(LONG, 1, false)).isEqualTo(LONG);
    }

    @Test
    void a_commit_under_way_shortens_the_wait() {
        pace.wait(LONG, 1, false);
        pass(Duration.ofSeconds(11));

        assertThat(pace.wait(LONG, 1, true)).isEqualTo(CommitPace.LEAST_APART);
        assertThat(pace.wait(LONG, 1, false)).isEqualTo(LONG);
    }

    @Test
    void each_rebalance_shortens_the_wait_again() {
        pace.wait(LONG, 1, false);
        pass(Duration.ofSeconds(11));

        assertThat(pace.wait(LONG, 2, false)).isEqualTo(CommitPace.LEAST_APART);
        pass(Duration.ofSeconds(9));
        assertThat(pace.wait(LONG, 2, false)).isEqualTo(CommitPace.LEAST_APART);
        pass(Duration.ofSeconds(2));
        assertThat(pace.wait(LONG, 2, false)).isEqualTo(LONG);
    }

    @Test
    void a_wait_is_never_longer_than_kafka_streams_allows() {
        assertThat(pace.wait(Duration.ZERO, 1, true)).isEqualTo(Duration.ZERO);
        pass(Duration.ofSeconds(11));
        assertThat(pace.wait(Duration.ZERO, 1, false)).isEqualTo(Duration.ZERO);
    }

    @Test
    void a_commit_is_due_well_before_the_transaction_times_out() {
        var settings = StreamsSettings.of(new StateSettings(
                KafkaConnection.at("127.0.0.1:9092"),
                Path.of("state"),
                "instance",
                12,
                Duration.ofSeconds(6),
                Duration.ofSeconds(3),
                Duration.ofSeconds(30)));

        assertThat(millis(settings, StreamsConfig.COMMIT_INTERVAL_MS_CONFIG)
                        + millis(settings, StreamsConfig.POLL_MS_CONFIG))
                .isLessThanOrEqualTo(
                        millis(settings, StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG))
                                - 1_000);
    }

    private static long millis(Properties settings, String name) {
        return Long.parseLong(String.valueOf(settings.get(name)));
    }
}
