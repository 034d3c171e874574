package io.growalert.billing.doctor;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.billing.webhook.MissedEvents;
import io.growalert.billing.webhook.StoredEvents;
import io.growalert.billing.webhook.WebhookSecretHealth;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The beans of the checks. */
@Configuration(proxyBeanMethods = false)
@Import(DoctorApi.class)
public class DoctorConfiguration {

    @Bean
    Checkups checkups(
            StripeSettings stripe,
            CustomerSettings customer,
            StripeConnection connection,
            MissedEvents missed,
            StoredEvents stored,
            WebhookSecretHealth signatures,
            DoctorSettings settings,
            Clock clock) {
        var doctor = new Doctor(
                stripe,
                new Doctor.Offer(customer.prices(), customer.device().price(), customer.portal()),
                connection,
                null,
                () -> List.of(MailCheck.of(customer.mail())),
                Optional.of(new ServiceArrivals(missed, stored, signatures)),
                clock);
        return new Checkups(doctor, settings, clock);
    }

    @Bean
    DoctorHealth doctorHealthIndicator(Checkups checkups) {
        return new DoctorHealth(checkups);
    }
}
