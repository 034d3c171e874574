package io.growalert.billing.outbox;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.events.SystemMonitor;
import io.growalert.events.Topics;
import io.growalert.runtime.database.AdvisoryLock;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.outbox.OutboxFact;
import io.growalert.runtime.outbox.OutboxHealth;
import io.growalert.runtime.outbox.OutboxRelay;
import io.growalert.runtime.schedule.ScheduledTask;
import io.growalert.runtime.selfwatch.SystemFact;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The beans of the outbox and its relay. */
@Configuration(proxyBeanMethods = false)
@Import(BillingOutbox.class)
public class OutboxConfiguration {
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HEARTBEAT = Duration.ofMinutes(1);
    private static final Duration HEARTBEAT_RETRY = Duration.ofSeconds(10);

    @Bean
    OutboxRelay relay(
            BillingOutbox outbox,
            OutboxSettings settings,
            BillingKafka kafka,
            HikariDataSource database,
            MeterRegistry meters) {
        return new OutboxRelay(
                outbox.outbox(),
                lock(database),
                kafka::connect,
                options(settings, KAFKA_TIMEOUT),
                meters,
                new Progress("outbox-relay"));
    }

    /** Locks by two numbers never collide with the customers' locks, which are by one. */
    static AdvisoryLock lock(DataSource database) {
        return AdvisoryLock.of(database, 1_735_553_652, 1);
    }

    static OutboxRelay.Options options(OutboxSettings settings, Duration timeout) {
        return new OutboxRelay.Options(
                Topics.BILLING,
                BillingOutbox::message,
                settings.poll(),
                settings.history(),
                timeout,
                "growalert.outbox");
    }

    /** Proves to the services that pause monitors that the entitlements are current. */
    @Bean
    ScheduledTask entitlementHeartbeat(BillingOutbox outbox, Clock clock) {
        return new ScheduledTask("entitlement-heartbeat", HEARTBEAT, HEARTBEAT_RETRY, _ -> {
            outbox.addHeartbeat(clock.instant());
            outbox.wake();
        });
    }

    @Bean
    SystemFact outboxFact(BillingOutbox outbox) {
        return OutboxFact.of(SystemMonitor.BILLING_OUTBOX, outbox.outbox());
    }

    @Bean
    OutboxHealth outboxHealthIndicator(OutboxRelay relay) {
        return new OutboxHealth(relay);
    }
}
