package io.growalert.billing.stripe;

import com.stripe.StripeClient;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two clients of Stripe: one for calls that customers cause, and one for background requests. */
@Configuration(proxyBeanMethods = false)
public class StripeConfiguration {
    private static final String FOR_CUSTOMERS = "customers";

    /** For background requests, which keep {@link Pace}. */
    @Bean
    StripeClient stripe(StripeSettings settings) {
        return client(settings).build();
    }

    /** For calls that customers cause. */
    @Bean(defaultCandidate = false)
    @Qualifier(FOR_CUSTOMERS)
    StripeClient stripeForCustomers(StripeSettings settings, CallBudget budget, MeterRegistry meters) {
        return client(settings)
                .setHttpClient(new GuardedCalls(settings, budget, meters))
                .build();
    }

    private static StripeClient.StripeClientBuilder client(StripeSettings settings) {
        return StripeClient.builder()
                .setApiKey(settings.secretKey().value())
                .setApiBase(settings.apiBase().toString())
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setReadTimeout((int) settings.readTimeout().toMillis())
                .setMaxNetworkRetries(settings.retries());
    }

    @Bean
    StripeCustomers stripeCustomers(@Qualifier(FOR_CUSTOMERS) StripeClient stripe) {
        return new StripeCustomers(stripe);
    }

    @Bean
    StripePayments stripePayments(@Qualifier(FOR_CUSTOMERS) StripeClient stripe) {
        return new StripePayments(stripe);
    }

    /** Operators' calls are no customers'. */
    @Bean
    StripeRefunds stripeRefunds(StripeClient stripe) {
        return new StripeRefunds(stripe);
    }

    @Bean
    StripeSubscriptions stripeSubscriptions(@Qualifier(FOR_CUSTOMERS) StripeClient stripe) {
        return new StripeSubscriptions(stripe);
    }

    @Bean
    StripePlans stripePlans(@Qualifier(FOR_CUSTOMERS) StripeClient stripe) {
        return new StripePlans(stripe);
    }

    @Bean
    StripeInvoices stripeInvoices(@Qualifier(FOR_CUSTOMERS) StripeClient stripe) {
        return new StripeInvoices(stripe);
    }

    @Bean
    StripeMethods stripeMethods(@Qualifier(FOR_CUSTOMERS) StripeClient stripe) {
        return new StripeMethods(stripe);
    }

    @Bean
    StripePrices stripePrices(@Qualifier(FOR_CUSTOMERS) StripeClient stripe, StripeSettings settings) {
        return new StripePrices(stripe, settings);
    }

    @Bean
    StripeProbe stripeProbe(StripeClient stripe, StripeSettings settings) {
        return new StripeProbe(new StripePrices(stripe, settings), settings, StripeProbe.PATIENCE);
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
