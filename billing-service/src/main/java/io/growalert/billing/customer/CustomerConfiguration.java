package io.growalert.billing.customer;

import io.growalert.runtime.loop.LoopHealth;
import java.util.List;
import java.util.Set;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
@Import({
    // what customers can ask for
    ConfigApi.class,
    RegistrationApi.class,
    SubscriptionApi.class,
    ChargeApi.class,
    SignInApi.class,
    // who asks, from where, how often
    Sessions.class,
    SameOrigin.class,
    Door.class,
    Limits.class,
    Budget.class,
    // what is done, once
    Requests.class,
    Leases.class,
    Once.class,
    Charges.class,
    EarlierOrders.class,
    Prices.class,
    NewSubscriptions.class,
    StartCheck.class,
    Subscriptions.class,
    SignInMail.class,
    SignInLinks.class,
    Registrations.class,
    Upkeep.class,
    // what goes wrong
    CustomerAdvice.class
})
public class CustomerConfiguration {
    /** What browsers of customers call. The origin is checked by this package, which knows further ones by a setting. */
    public static final Set<String> PATHS = Set.of(Door.CUSTOMERS);

    @Bean
    LoopHealth customersHealthIndicator(Upkeep upkeep) {
        return new LoopHealth(List.of(upkeep.progress()));
    }

    /** Customers without a mail server are served, but nobody can sign in. */
    @Bean
    HealthIndicator signInHealthIndicator(SignInMail mail) {
        var health = mail.isConfigured()
                ? Health.up().build()
                : Health.status("DEGRADED")
                        .withDetail(
                                "mail",
                                "not configured: customers cannot sign in; set growalert.billing.customer.mail.host")
                        .build();
        return () -> health;
    }

    @Bean
    PricesHealth pricesHealthIndicator(Prices prices) {
        return new PricesHealth(prices);
    }

    @Bean
    Seals seals(CustomerSettings settings) {
        return Seals.with(settings.session().keys());
    }
}
