package io.growalert.billing.inbox;

import io.growalert.billing.ledger.LedgerSignal;
import io.growalert.billing.stripe.WebhookSignature;
import io.growalert.runtime.loop.LoopHealth;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
public class InboxConfiguration {
    /** What Stripe calls; each request is signed. */
    public static final String PATH = WebhookServlet.PATH;

    /** Closed after the web server, so that no request waits for it. */
    @Bean
    Inbox inbox(JdbcClient jdbc, LedgerSignal ledger, MeterRegistry meters) {
        return new Inbox(jdbc, ledger, meters);
    }

    @Bean
    LoopHealth inboxHealthIndicator(Inbox inbox) {
        return new LoopHealth(inbox.loops());
    }

    @Bean
    WebhookSecretHealth webhookSecretHealthIndicator(Clock clock) {
        return new WebhookSecretHealth(clock);
    }

    @Bean
    MissedEvents missedEvents(JdbcClient jdbc, Inbox inbox) {
        return new MissedEvents(jdbc, inbox);
    }

    @Bean
    ServletRegistrationBean<WebhookServlet> webhook(
            InboxSettings settings, Inbox inbox, WebhookSecretHealth health, MeterRegistry meters, Clock clock) {
        var signature = new WebhookSignature(settings.secrets(), settings.tolerance(), clock);
        return new ServletRegistrationBean<>(new WebhookServlet(signature, inbox, health, meters), WebhookServlet.PATH);
    }
}
