package io.growalert.billing.ledger;

import io.growalert.billing.stripe.Pace;
import io.growalert.billing.stripe.StripeObjects;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.runtime.loop.Progress;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
@Import({
    LedgerSignal.class,
    LedgerMetrics.class,
    Ledger.class,
    Parked.class,
    Overview.class,
    // for those who look on and set right
    EventsApi.class,
    CustomersApi.class
})
public class LedgerConfiguration {
    /** Beside the request itself: for the pace, and for recording what came of it. */
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(30);

    private static final int EVENTS_PER_DELETION = 1_000;

    @Bean
    Fetcher fetcher(
            Ledger ledger,
            JdbcClient jdbc,
            StripeObjects stripe,
            Pace pace,
            LedgerMetrics metrics,
            LedgerSignal signal,
            LedgerSettings settings,
            StripeSettings stripeSettings) {
        var lease = stripeSettings
                .connectTimeout()
                .plus(stripeSettings.readTimeout())
                .plus(LEASE_MARGIN);
        var options = new Fetcher.Options(settings.poll(), lease, settings.attempts());
        return new Fetcher(
                ledger, new Fetches(jdbc), stripe, pace, metrics, signal, options, new Progress("ledger-fetcher"));
    }

    @Bean
    LedgerThreads ledgerThreads(
            Ledger ledger,
            Fetcher fetcher,
            LedgerSignal signal,
            LedgerMetrics metrics,
            LedgerSettings settings,
            JdbcClient jdbc,
            Clock clock) {
        var loops = IntStream.range(0, settings.workers())
                .mapToObj(n -> new ApplyLoop(
                        ledger,
                        settings.batch(),
                        signal,
                        fetcher,
                        metrics,
                        settings.poll(),
                        new Progress("ledger-" + n)))
                .toList();
        var retention = new Retention(jdbc, clock, settings.history(), EVENTS_PER_DELETION);
        return new LedgerThreads(loops, fetcher, retention, metrics, jdbc, new Progress("ledger-upkeep"));
    }

    @Bean
    LedgerHealth ledgerHealthIndicator(LedgerThreads threads, JdbcClient jdbc) {
        return new LedgerHealth(threads, jdbc);
    }
}
