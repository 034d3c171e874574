package io.growalert.billing.webhook;

import io.growalert.billing.stripe.WebhookSignature;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.loop.Waiter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The beans of the stage that receives and stores Stripe's events. */
@Configuration(proxyBeanMethods = false)
@Import({StoredEvents.class, ParkedEvents.class, EventsApi.class})
public class WebhookConfiguration {
    /** Called by Stripe; each request is signed. */
    public static final String PATH = WebhookServlet.PATH;

    /** Woken when events are due. */
    @Bean
    Waiter storedEventsWaiter() {
        return new Waiter();
    }

    /** Closed after the web server, so that no request waits for it. */
    @Bean
    Inbox inbox(JdbcClient jdbc, Waiter storedEvents, MeterRegistry meters) {
        return new Inbox(jdbc, storedEvents, meters);
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
            WebhookSettings settings, Inbox inbox, WebhookSecretHealth health, MeterRegistry meters, Clock clock) {
        var signature = new WebhookSignature(settings.secrets(), settings.tolerance(), clock);
        return new ServletRegistrationBean<>(new WebhookServlet(signature, inbox, health, meters), WebhookServlet.PATH);
    }
}
