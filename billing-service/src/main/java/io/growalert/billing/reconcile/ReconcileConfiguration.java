package io.growalert.billing.reconcile;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.billing.inbox.MissedEvents;
import io.growalert.billing.ledger.Comparison;
import io.growalert.billing.ledger.Ledger;
import io.growalert.billing.stripe.StripeReaders;
import io.growalert.runtime.loop.LoopHealth;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
@Import({StripeReaders.class, Journal.class, Schedule.class, ReconcileApi.class})
public class ReconcileConfiguration {
    private static final Duration UNTIL_EVENTS_ARE_APPLIED = Duration.ofMinutes(1);

    @Bean
    Pauses pauses() {
        return new Pauses();
    }

    @Bean
    LoopHealth reconcileHealthIndicator(Pauses pauses) {
        return new LoopHealth(List.of(pauses.progress()));
    }

    @Bean
    Reconciler reconciler(
            StripeReaders stripe,
            MissedEvents missed,
            Ledger ledger,
            HikariDataSource database,
            JdbcClient jdbc,
            TransactionOperations transaction,
            Pauses pauses,
            Journal journal,
            MeterRegistry meters,
            Clock clock) {
        var comparison = new Comparison(jdbc, transaction);
        return new Reconciler(
                () -> stripe.open(pauses::pause),
                new EventCheck(missed, jdbc, pauses, UNTIL_EVENTS_ARE_APPLIED),
                new ObjectCheck(comparison, new Repairs(comparison, ledger), jdbc, pauses),
                new OneAtATime(database),
                journal,
                meters,
                clock);
    }
}
