package io.growalert.billing;

import com.zaxxer.hikari.HikariDataSource;
import io.growalert.billing.apply.ApplyConfiguration;
import io.growalert.billing.apply.ApplySettings;
import io.growalert.billing.customer.CustomerConfiguration;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.doctor.DoctorConfiguration;
import io.growalert.billing.doctor.DoctorSettings;
import io.growalert.billing.fulfilment.FulfilmentConfiguration;
import io.growalert.billing.mail.MailConfiguration;
import io.growalert.billing.mail.MailSettings;
import io.growalert.billing.outbox.BillingKafka;
import io.growalert.billing.outbox.OutboxConfiguration;
import io.growalert.billing.outbox.OutboxSettings;
import io.growalert.billing.reconcile.ReconcileConfiguration;
import io.growalert.billing.reconcile.ReconcileSettings;
import io.growalert.billing.records.ProblemFacts;
import io.growalert.billing.stripe.StripeConfiguration;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.billing.webhook.EventBacklog;
import io.growalert.billing.webhook.WebhookConfiguration;
import io.growalert.billing.webhook.WebhookSettings;
import io.growalert.events.SystemMonitor;
import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.database.Database;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.http.IngressExemptions;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.Web;
import io.growalert.runtime.kafka.KafkaAccessCheck;
import io.growalert.runtime.kafka.KafkaAccessHealth;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.KafkaRights;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.schedule.ScheduledTask;
import io.growalert.runtime.schedule.ScheduledTasks;
import io.growalert.runtime.selfwatch.SystemFact;
import io.growalert.runtime.selfwatch.SystemReport;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Customers register, subscribe and order devices through Stripe; Stripe's events become records and billing events.
 *
 * <pre>
 * browser --> customer --> stripe --> Stripe
 * Stripe  --> webhook --> billing.stripe_events --> apply --> records, outbox ==> growalert.billing, growalert.entitlements
 *                                                   ^    \-> fetch --> stripe --> Stripe
 *                                                   reconcile: events that never arrived, objects that differ
 * customer, apply --> mail --> billing.mails ==> customers
 * operator --> fulfilment: orders with their addresses, shipped and refunded
 * </pre>
 *
 * <p>Each stage is a package that owns its tables. An event passes them in this order; {@code HouseTest} holds which stage may
 * depend on which.
 *
 * <ol>
 *   <li>{@code webhook}: {@code WebhookServlet} verifies it with {@code WebhookSignature}, {@code StripeEvent} parses it,
 *       {@code Inbox} stores it; then Stripe gets its answer.
 *   <li>{@code apply}: {@code ApplyTask} claims it from {@code StoredEvents}; {@code EventBatch} does the following steps for all
 *       claimed events, in one transaction of {@code EventApplier}.
 *   <li>{@code projection}, which is pure: {@code EventContent} reads it, {@code Ownership} and {@code Origin} find the owner of
 *       its object, {@code Projection} maps the object to records, {@code ChangeSet} decides by {@code StateDecision} which of them
 *       are later than the recorded ones.
 *   <li>{@code records}: {@code RecordStore} reads the recorded {@code ObjectVersion}s, and writes the changed records;
 *       {@code EntitlementTable} the customer's entitlement by {@code EntitlementDecision}.
 *   <li>{@code outbox}: {@code BillingOutbox} adds the events of the changes; {@code OutboxRelay} publishes them.
 *   <li>{@code mail}: {@code EventMails} decides of which facts customers are notified; {@code Mails} adds their rows, which {@code
 *       MailRelay} sends.
 *   <li>{@code fetch}: when the event alone does not decide, {@code FetchQueue} and {@code Fetcher} read the object from Stripe,
 *       and {@code ObjectRecorder} records it.
 * </ol>
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties({BillingSettings.class, EntitlementSettings.class})
@Import({
    StripeConfiguration.class,
    Database.class,
    CustomerConfiguration.class,
    // facts -> billing.mails ==> customers
    MailConfiguration.class,
    // webhooks -> billing.stripe_events
    WebhookConfiguration.class,
    // billing.stripe_events -> records and billing.outbox
    ApplyConfiguration.class,
    // addresses, shipments and refunds of orders
    FulfilmentConfiguration.class,
    // billing.outbox ==> growalert.billing, growalert.entitlements
    OutboxConfiguration.class,
    // Stripe's events and objects -> missed events, repaired records
    ReconcileConfiguration.class,
    // Stripe, settings -> health, the operator's report
    DoctorConfiguration.class,
    BillingAuditApi.class,
    ProblemAdvice.class,
    Web.class
})
public class BillingService {
    private static final Service SERVICE = new Service(BillingService.class, "billing-service");

    public static void main(String[] arguments) {
        SERVICE.main(arguments);
    }

    /**
     * Embedded start. The caller must close the returned context.
     *
     * @param settings by property name, above all others; a collection is a list property
     * @throws StartFailure with a line for each setting that is wrong
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        return SERVICE.start(settings);
    }

    @Bean
    Database.Options database(BillingSettings settings) {
        var database = settings.database();
        return new Database.Options(
                "billing-service",
                "billing",
                database.url(),
                database.username(),
                database.password().value(),
                database.connections());
    }

    /** Each on one instance at a time: retention, expiry, reconciliation. */
    @Bean
    ScheduledTasks scheduledTasks(HikariDataSource database, JdbcClient migrated, List<ScheduledTask> tasks) {
        return new ScheduledTasks(database, "billing.scheduled_tasks", tasks);
    }

    @Bean
    LoopHealth scheduledTasksHealthIndicator(ScheduledTasks tasks) {
        return new LoopHealth(tasks.loops());
    }

    @Bean
    IngressExemptions ingressExemptions() {
        return new IngressExemptions(Set.of(WebhookConfiguration.PATH), CustomerConfiguration.PATHS, Set.of());
    }

    @Bean
    AuditLog auditLog(JdbcClient jdbc, TransactionOperations transaction) {
        return new AuditLog(jdbc, transaction, "billing.audit");
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
    MailSettings mailSettings(BillingSettings settings) {
        return settings.mail();
    }

    @Bean
    WebhookSettings webhookSettings(BillingSettings settings) {
        return settings.webhook();
    }

    @Bean
    ApplySettings applySettings(BillingSettings settings) {
        return settings.ledger();
    }

    @Bean
    OutboxSettings outboxSettings(BillingSettings settings) {
        return settings.outbox();
    }

    @Bean
    KafkaConnection kafkaConnection(BillingSettings settings) {
        return KafkaAccessCheck.require(
                KafkaConnection.of(settings.kafka(), settings.kafkaConfig()), KafkaRights.BILLING_SERVICE);
    }

    @Bean
    KafkaAccessHealth kafkaAccessHealthIndicator(KafkaConnection kafka) {
        return new KafkaAccessHealth(new KafkaAccessCheck(kafka, KafkaRights.BILLING_SERVICE));
    }

    @Bean
    BillingKafka billingKafka(BillingSettings settings, KafkaConnection kafka) {
        return new BillingKafka(kafka, settings.partitions());
    }

    /** The service's own results, for the system monitors. */
    @Bean
    SystemReport systemReport(KafkaConnection kafka, JdbcClient migrated, List<SystemFact> facts) {
        var all = new ArrayList<>(facts);
        all.add(EventBacklog.parkedFact(migrated));
        all.add(ProblemFacts.failedRenewals(migrated));
        all.add(ProblemFacts.disputes(migrated));
        return new SystemReport(kafka, SystemMonitor.Component.BILLING, all);
    }

    /** The service works without it. */
    @Bean
    LoopHealth systemReportHealthIndicator(SystemReport report) {
        return new LoopHealth(List.of(report.progress()), new Status("DEGRADED"));
    }

    @Bean
    DoctorSettings doctorSettings(BillingSettings settings) {
        return settings.doctor();
    }

    @Bean
    ReconcileSettings reconcileSettings(BillingSettings settings) {
        return settings.reconcile();
    }
}
