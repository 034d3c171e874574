package io.growalert.billing.apply;

import io.growalert.billing.fetch.FetchQueue;
import io.growalert.billing.fetch.Fetcher;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.records.CustomerList;
import io.growalert.billing.records.CustomerOverview;
import io.growalert.billing.records.DuplicateAddresses;
import io.growalert.billing.records.OrderList;
import io.growalert.billing.records.Origins;
import io.growalert.billing.stripe.Pace;
import io.growalert.billing.stripe.StripeObjects;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.billing.webhook.EventRetention;
import io.growalert.billing.webhook.StoredEvents;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.loop.Waiter;
import io.growalert.runtime.schedule.ScheduledTask;
import io.growalert.runtime.schedule.ScheduledTasks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The beans of the stages that apply events, with the fetcher, and of the operators' API for customers. */
@Configuration(proxyBeanMethods = false)
@Import({
    ApplyMetrics.class,
    EventApplier.class,
    ObjectRecorder.class,
    CustomerErasure.class,
    CustomerList.class,
    CustomerOverview.class,
    OrderList.class,
    DuplicateAddresses.class,
    // operational endpoints
    BillingListsApi.class,
    CustomersApi.class
})
public class ApplyConfiguration {
    /** Beside the request: for the wait for a permit, and for recording the object. */
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(30);

    private static final int ROWS_PER_DELETION = 1_000;
    private static final Loop.Options RETRY =
            Loop.Options.DEFAULT.withRetry(Duration.ofSeconds(1), Duration.ofSeconds(5));

    @Bean
    Fetcher fetcher(
            ObjectRecorder recorder,
            JdbcClient jdbc,
            StoredEvents events,
            StripeObjects stripe,
            Pace pace,
            MeterRegistry meters,
            Waiter storedEvents,
            ApplySettings settings,
            StripeSettings stripeSettings) {
        var lease = stripeSettings
                .connectTimeout()
                .plus(stripeSettings.readTimeout())
                .plus(LEASE_MARGIN);
        var options = new Fetcher.Options(settings.poll(), lease, settings.attempts());
        return new Fetcher(
                new FetchQueue(jdbc),
                events,
                recorder::record,
                stripe,
                pace,
                meters,
                storedEvents,
                options,
                new Progress("ledger-fetcher"));
    }

    @Bean
    ApplyWorkers applyWorkers(
            EventApplier applier,
            Fetcher fetcher,
            Waiter storedEvents,
            ApplyMetrics metrics,
            ApplySettings settings,
            JdbcClient jdbc) {
        var appliers = IntStream.range(0, settings.workers())
                .mapToObj(n -> loop(
                        new Progress("ledger-" + n),
                        storedEvents,
                        new ApplyTask(applier, settings.batch(), storedEvents, fetcher, metrics, settings.poll())))
                .toList();
        return new ApplyWorkers(
                appliers, fetcher, upkeep(new Progress("ledger-upkeep"), new BacklogTask(jdbc, metrics)));
    }

    @Bean
    ScheduledTask pauseWarnings(JdbcClient jdbc, Mails mails, EntitlementSettings settings, Clock clock) {
        return new PauseWarnings(jdbc, mails, settings, clock).task();
    }

    @Bean
    ScheduledTask eventRetention(JdbcClient jdbc, ApplySettings settings, Clock clock) {
        return new RetentionTask(
                        new EventRetention(jdbc, clock, settings.history()),
                        new Origins(jdbc),
                        clock,
                        ROWS_PER_DELETION)
                .task();
    }

    /** @param storedEvents shared by all loops: a stored event wakes one of them */
    static Loop loop(Progress progress, Waiter storedEvents, ApplyTask task) {
        return new Loop(progress, "Applying events failed; retrying", RETRY, storedEvents, task);
    }

    static Loop upkeep(Progress progress, BacklogTask task) {
        return new Loop(progress, "Counting the backlog of events failed; retrying", RETRY, task);
    }

    @Bean
    ApplyHealth ledgerHealthIndicator(ApplyWorkers workers, ScheduledTasks tasks, JdbcClient jdbc) {
        var retention = tasks.loops().stream().filter(task -> task.loop().equals(RetentionTask.NAME));
        return new ApplyHealth(
                Stream.concat(workers.loops().stream(), retention).toList(), jdbc);
    }
}
