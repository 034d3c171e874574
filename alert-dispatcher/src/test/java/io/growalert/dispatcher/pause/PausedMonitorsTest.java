package io.growalert.dispatcher.pause;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.entitlement.EntitlementTopic;
import io.growalert.runtime.kafka.KafkaConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PausedMonitorsTest {
    private static final String UNREACHABLE = "127.0.0.1:1";

    @Test
    void without_a_broker_the_wait_ends_after_the_patience_and_nothing_is_paused() {
        var nanos = new AtomicLong();
        var settings = new EntitlementSettings(true, Duration.ofDays(7));
        var pauses = new EntitlementTopic(KafkaConnection.at(UNREACHABLE), settings, InstantSource.system());
        var monitors = new PausedMonitors(KafkaConnection.at(UNREACHABLE), settings, pauses, nanos::get);
        monitors.start();
        try {
            nanos.set(PausedMonitors.PATIENCE.toNanos());
            assertThat(monitors.isReady()).isFalse();

            nanos.incrementAndGet();

            assertThat(monitors.isReady()).isTrue();
            assertThat(monitors.monitors()).isEmpty();
        } finally {
            monitors.stop();
        }
    }
}
