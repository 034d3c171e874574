package io.growalert.billing.customer;

import io.growalert.billing.customer.api.CustomerInterceptor;
import io.growalert.billing.customer.idempotency.RequestLeases;
import io.growalert.billing.customer.order.DevicePrice;
import io.growalert.billing.customer.session.Seals;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.customer.signin.SignInMail;
import io.growalert.billing.customer.subscription.Prices;
import io.growalert.billing.customer.subscription.PricesHealth;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.schedule.ScheduledTask;
import java.util.List;
import java.util.Set;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/**
 * The customers' part of the service, in stages. Each stage owns its table and uses the stages to its right only; the components
 * are found by a scan, so that what no other stage uses stays package-private.
 *
 * <pre>
 * api: HTTP --> order, subscription, signin --> registration --> limit --> session
 *                          \--> idempotency <--/                   |
 *                                   \------------> Stripe's client <
 * </pre>
 */
@Configuration(proxyBeanMethods = false)
@ComponentScan
public class CustomerConfiguration {
    /** The paths that customers' browsers call. Their origin is checked here, where further origins are a setting. */
    public static final Set<String> PATHS = CustomerInterceptor.PATHS;

    @Bean
    LoopHealth customersHealthIndicator(RequestLeases leases) {
        return new LoopHealth(List.of(leases.progress()));
    }

    @Bean
    ScheduledTask customerCleanupTask(CustomerCleanup cleanup) {
        return cleanup.task();
    }

    /** Without mail, customers can register and pay, but not sign in. */
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

    /** Without the price of a device, customers can subscribe, but not order devices. */
    @Bean
    HealthIndicator devicePriceHealthIndicator(DevicePrice price) {
        return () -> price.missing()
                .map(key -> Health.status("DEGRADED")
                        .withDetail("missing", key)
                        .withDetail(
                                "reason",
                                "Stripe has no active one-time price that can be charged with this lookup key"))
                .orElseGet(Health::up)
                .build();
    }

    @Bean
    Seals seals(CustomerSettings settings) {
        return Seals.with(settings.session().keys());
    }
}
