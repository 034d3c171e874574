package io.growalert.billing.stripe;

import com.stripe.StripeClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The one connection to Stripe. */
@Configuration(proxyBeanMethods = false)
public class StripeConfiguration {
    @Bean
    StripeClient stripe(StripeSettings settings) {
        return StripeClient.builder()
                .setApiKey(settings.secretKey().value())
                .setApiBase(settings.apiBase().toString())
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setReadTimeout((int) settings.readTimeout().toMillis())
                .setMaxNetworkRetries(settings.retries())
                .build();
    }

    @Bean
    StripeCustomers stripeCustomers(StripeClient stripe) {
        return new StripeCustomers(stripe);
    }

    @Bean
    StripePayments stripePayments(StripeClient stripe) {
        return new StripePayments(stripe);
    }

    @Bean
    StripeSubscriptions stripeSubscriptions(StripeClient stripe) {
        return new StripeSubscriptions(stripe);
    }

    @Bean
    StripePrices stripePrices(StripeClient stripe, StripeSettings settings) {
        return new StripePrices(stripe, settings);
    }

    @Bean
    StripeObjects stripeObjects(StripeClient stripe) {
        return new StripeObjects(stripe);
    }

    @Bean
    Pace pace(JdbcClient jdbc, StripeSettings settings) {
        return new Pace(jdbc, settings.requestsPerSecond());
    }
}
