package io.growalert.billing.reconcile;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.billing.apply.ObjectRecorder;
import io.growalert.billing.records.OpenRecords;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.stripe.StripeReaders;
import io.growalert.billing.webhook.MissedEvents;
import io.growalert.billing.webhook.StoredEvents;
import io.growalert.runtime.database.AdvisoryLock;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.schedule.ScheduledTask;
import io.growalert.runtime.schedule.ScheduledTasks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The beans of the reconciliation. */
@Configuration(proxyBeanMethods = false)
@Import({StripeReaders.class, ReconciliationReports.class, ReconcileApi.class})
public class ReconcileConfiguration {
    private static final Duration UNTIL_EVENTS_ARE_APPLIED = Duration.ofMinutes(1);

    @Bean
    Pauses pauses() {
        return new Pauses();
    }

    @Bean
    ScheduledTask reconciliation(
            Reconciler reconciler,
            ReconciliationReports reports,
            Pauses pauses,
            ReconcileSettings settings,
            Clock clock) {
        return new ScheduledReconciliation(reconciler, reports, pauses, settings, clock).task();
    }

    @Bean
    LoopHealth reconcileHealthIndicator(ScheduledTasks tasks) {
        return new LoopHealth(tasks.loops().stream()
                .filter(task -> task.loop().equals("reconcile"))
                .toList());
    }

    @Bean
    Reconciler reconciler(
            StripeReaders stripe,
            MissedEvents missed,
            StoredEvents events,
            ObjectRecorder recorder,
            HikariDataSource database,
            JdbcClient jdbc,
            TransactionOperations transaction,
            Pauses pauses,
            ReconciliationReports reports,
            MeterRegistry meters,
            Clock clock) {
        var comparison = new RecordComparison(jdbc, transaction);
        return new Reconciler(
                () -> stripe.open(pauses::pause),
                new EventCheck(missed, events, pauses, UNTIL_EVENTS_ARE_APPLIED),
                new ObjectCheck(comparison, new Repairs(comparison, recorder), new OpenRecords(jdbc), pauses),
                lock(database),
                reports,
                meters,
                clock);
    }

    static AdvisoryLock lock(DataSource database) {
        return AdvisoryLock.of(database, "growalert.billing.reconcile");
    }
}
