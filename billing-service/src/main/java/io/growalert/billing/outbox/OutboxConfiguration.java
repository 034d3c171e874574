package io.growalert.billing.outbox;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
@Import(Outbox.class)
public class OutboxConfiguration {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Bean
    Relay relay(
            Outbox outbox,
            OutboxSettings settings,
            KafkaSettings kafka,
            HikariDataSource database,
            JdbcClient jdbc,
            MeterRegistry meters) {
        return new Relay(
                outbox,
                settings,
                database,
                kafka::connect,
                new OutboxMetrics(jdbc, meters),
                PATIENCE,
                new Progress("outbox-relay"));
    }

    @Bean
    OutboxHealth outboxHealthIndicator(Relay relay) {
        return new OutboxHealth(relay);
    }
}
