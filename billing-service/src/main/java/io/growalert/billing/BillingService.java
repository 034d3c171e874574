package io.growalert.billing;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.billing.customer.CustomerConfiguration;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.inbox.InboxConfiguration;
import io.growalert.billing.inbox.InboxSettings;
import io.growalert.billing.ledger.LedgerConfiguration;
import io.growalert.billing.ledger.LedgerSettings;
import io.growalert.billing.outbox.KafkaSettings;
import io.growalert.billing.outbox.OutboxConfiguration;
import io.growalert.billing.outbox.OutboxSettings;
import io.growalert.billing.reconcile.ReconcileConfiguration;
import io.growalert.billing.reconcile.ReconcileSettings;
import io.growalert.billing.stripe.StripeConfiguration;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import io.growalert.runtime.http.IngressExemptions;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.Web;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Customers register, subscribe and order devices; what Stripe tells about them becomes records and events.
 *
 * <pre>
 * browser --> customer --> Stripe
 * Stripe --webhook--> inbox ... ledger: records and outbox ==> growalert.billing
 *                     reconcile: what never came
 * </pre>
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties(BillingSettings.class)
@Import({
    StripeConfiguration.class,
    CustomerConfiguration.class,
    // a webhook -> billing.stripe_events
    InboxConfiguration.class,
    // billing.stripe_events -> records and billing.outbox
    LedgerConfiguration.class,
    // billing.outbox ==> growalert.billing
    OutboxConfiguration.class,
    // Stripe's events and objects -> what was missed
    ReconcileConfiguration.class,
    ProblemAdvice.class,
    Web.class
})
public class BillingService {
    private static final Service SERVICE = new Service(BillingService.class, "billing-service");

    public static void main(String[] arguments) {
        SERVICE.main(arguments);
    }

    /**
     * Starts the service inside another program, which closes the answer in time.
     *
     * @param settings by property name, above all others; a collection is a list property
     * @throws StartFailure with a line for each setting that is wrong
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        return SERVICE.start(settings);
    }

    @Bean
    HikariDataSource dataSource(BillingSettings settings) {
        var database = settings.database();
        var pool = new HikariDataSource();
        pool.setPoolName("billing-service");
        pool.setJdbcUrl(database.url());
        pool.setUsername(database.username());
        pool.setPassword(database.password().value());
        pool.setMaximumPoolSize(database.connections());
        pool.setConnectionTimeout(5_000);
        // a database that vanished without a word would hold its threads for ever
        pool.addDataSourceProperty("socketTimeout", "60");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        // which would quote the row, and so personal data, in the log
        pool.addDataSourceProperty("logServerErrorDetail", "false");
        return pool;
    }

    /** The schema is there before anything uses it. */
    @Bean
    JdbcClient jdbc(HikariDataSource dataSource) {
        Flyway.configure()
                .dataSource(dataSource)
                .schemas("billing")
                .locations("classpath:db/billing-service")
                .load()
                .migrate();
        return JdbcClient.create(dataSource);
    }

    @Bean
    TransactionOperations transaction(HikariDataSource dataSource) {
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    @Bean
    IngressExemptions ingressExemptions() {
        return new IngressExemptions(Set.of(InboxConfiguration.PATH), CustomerConfiguration.PATHS);
    }

    @Bean
    OperatorsDoor operatorsDoor(BillingSettings settings) {
        return new OperatorsDoor(settings.operatorToken());
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    StripeSettings stripeSettings(BillingSettings settings) {
        return settings.stripe();
    }

    @Bean
    CustomerSettings customerSettings(BillingSettings settings) {
        return settings.customer();
    }

    @Bean
    InboxSettings inboxSettings(BillingSettings settings) {
        return settings.webhook();
    }

    @Bean
    LedgerSettings ledgerSettings(BillingSettings settings) {
        return settings.ledger();
    }

    @Bean
    OutboxSettings outboxSettings(BillingSettings settings) {
        return settings.outbox();
    }

    @Bean
    KafkaSettings kafkaSettings(BillingSettings settings) {
        return new KafkaSettings(settings.kafka(), settings.partitions());
    }

    @Bean
    ReconcileSettings reconcileSettings(BillingSettings settings) {
        return settings.reconcile();
    }
}
