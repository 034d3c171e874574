package io.growalert.dispatcher;

import io.growalert.definitions.Variables;
import io.growalert.dispatcher.ack.Escalations;
import io.growalert.dispatcher.ack.IncidentAcknowledgements;
import io.growalert.dispatcher.ack.LinkedIncidents;
import io.growalert.dispatcher.deadman.DeadManCalls;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.link.AckLinks;
import io.growalert.dispatcher.notify.Attempt;
import io.growalert.dispatcher.notify.Deliveries;
import io.growalert.dispatcher.notify.DeliveryMetrics;
import io.growalert.dispatcher.notify.KnownMonitors;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.notify.ParkedAcknowledgements;
import io.growalert.dispatcher.notify.Pipeline;
import io.growalert.dispatcher.notify.Redrive;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.outbox.NotificationRelay;
import io.growalert.dispatcher.pause.PausedMonitors;
import io.growalert.dispatcher.receiver.HandlerTypes;
import io.growalert.dispatcher.receiver.ReceiverFiles;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.dispatcher.silence.LoadedRules;
import io.growalert.dispatcher.silence.SilenceFiles;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.dispatcher.state.StateConfiguration;
import io.growalert.dispatcher.state.StateSettings;
import io.growalert.dispatcher.state.StateStreams;
import io.growalert.evaluation.alert.MonitorState;
import io.growalert.runtime.InstanceFolder;
import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.database.Database;
import io.growalert.runtime.database.DatabaseClock;
import io.growalert.runtime.entitlement.EntitlementHealth;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.entitlement.EntitlementTopic;
import io.growalert.runtime.http.IngressExemptions;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.Web;
import io.growalert.runtime.kafka.KafkaAccessCheck;
import io.growalert.runtime.kafka.KafkaAccessHealth;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.KafkaHealth;
import io.growalert.runtime.kafka.KafkaRights;
import io.growalert.runtime.outbox.OutboxHealth;
import io.growalert.runtime.outbox.OutboxRelay;
import io.growalert.runtime.schedule.ScheduledTasks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Turns check results into alert events, and alert events into notifications of receivers. The stages of one result, in order:
 *
 * <ol>
 *   <li>{@link StateStreams} runs {@code StateTopology}, whose {@code StateProcessor} reads a record of growalert.check-results;
 *   <li>{@code PartitionMonitorStates} finds the monitor, and {@link MonitorState} decides on its series and its own alert,
 *       without I/O;
 *   <li>{@code Changes} collects the decided states and events; they and the consumed offset commit in one transaction, and the
 *       events are on growalert.alerts;
 *   <li>{@link Notifier} runs {@code AlertConsumer}, which stores the events by {@link Pipeline}: {@code Route} (who), {@code Hold}
 *       (now, later or never), {@code Group} (in which message and order). The result is one delivery for each receiver
 *       ({@link Deliveries}) or, where a route groups, a change of a group's member, from which {@code GroupFormer} forms the
 *       message. {@link Escalations} turns due steps into deliveries;
 *   <li>{@code DispatchLoop} claims due deliveries with a lease, and records the {@code Verdict} on each {@link Attempt};
 *   <li>{@link Handler}, one of {@link HandlerTypes}, notifies the receiver.
 * </ol>
 *
 * <p>Heartbeats take the same way, except that the state passes them to growalert.heartbeats and {@code AlertConsumer} stores them as
 * rows; {@link DeadManCalls} calls an external service while all of them are recent.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties({DispatcherSettings.class, EntitlementSettings.class})
@Import({
    Database.class,
    // growalert.monitors, growalert.check-results ==> growalert.alerts
    StateConfiguration.class,
    // operators' API
    AckApi.class,
    AckPage.class,
    AlertsApi.class,
    AuditApi.class,
    DeliveriesApi.class,
    IncidentsApi.class,
    MutesApi.class,
    SilencesApi.class,
    NotifierHealth.class,
    ProblemAdvice.class,
    ReceiversApi.class,
    RoutesApi.class,
    Web.class,
    // what they read, and what the service reports about itself
    HistoryConfiguration.class,
    SelfWatchConfiguration.class
})
public class AlertDispatcher {
    private static final Service SERVICE = new Service(AlertDispatcher.class, "alert-dispatcher");

    public static void main(String[] arguments) {
        SERVICE.main(arguments);
    }

    /**
     * Embedded start. The caller must close the returned context.
     *
     * @param settings by property name; they override all others, and a collection is a list property
     * @throws StartFailure with a line for each setting or definition that is wrong
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        return SERVICE.start(settings);
    }

    /** Locked before anything starts, so that a second instance on the same folder fails first. */
    @Bean
    InstanceFolder data(DispatcherSettings settings) {
        return InstanceFolder.open("growalert.dispatcher.data", settings.data());
    }

    @Bean
    KafkaConnection kafkaConnection(DispatcherSettings settings) {
        return KafkaAccessCheck.require(
                KafkaConnection.of(settings.kafka(), settings.kafkaConfig()), KafkaRights.ALERT_DISPATCHER);
    }

    @Bean
    KafkaAccessHealth kafkaAccessHealthIndicator(KafkaConnection kafka) {
        return new KafkaAccessHealth(new KafkaAccessCheck(kafka, KafkaRights.ALERT_DISPATCHER));
    }

    @Bean
    KafkaHealth kafkaHealthIndicator(KafkaConnection kafka) {
        return new KafkaHealth(kafka, "growalert-dispatcher-health");
    }

    @Bean
    StateSettings stateSettings(DispatcherSettings settings, KafkaConnection kafka, InstanceFolder data) {
        return new StateSettings(
                kafka,
                data.path(),
                data.instanceId(),
                settings.partitions(),
                settings.sessionTimeout(),
                settings.transactionTimeout(),
                settings.ownAlertDelay());
    }

    /** Which customers' monitors are paused. */
    @Bean
    EntitlementTopic entitlements(KafkaConnection kafka, EntitlementSettings entitlements, Clock clock) {
        return new EntitlementTopic(kafka, entitlements, clock);
    }

    @Bean
    EntitlementHealth entitlementsHealthIndicator(EntitlementTopic entitlements) {
        return new EntitlementHealth(entitlements);
    }

    @Bean
    PausedMonitors pausedMonitors(KafkaConnection kafka, EntitlementSettings entitlements, EntitlementTopic topic) {
        return new PausedMonitors(kafka, entitlements, topic);
    }

    @Bean
    Database.Options databaseOptions(DispatcherSettings settings) {
        var database = settings.database();
        return new Database.Options(
                "alert-dispatcher",
                "dispatcher",
                database.url(),
                database.username(),
                database.password().value(),
                database.connections() + NotificationRelay.CONNECTIONS);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** By which silences, acknowledgements, escalations, groups and deliveries are due. */
    @Bean
    DatabaseClock databaseClock(JdbcClient jdbc) {
        return new DatabaseClock(jdbc);
    }

    @Bean
    Receivers receivers(DispatcherSettings settings) {
        var reader = new ReceiverFiles(
                HandlerTypes.load(),
                settings.mail(),
                Variables.environment(),
                settings.publicAddress(),
                settings.ackLinks());
        return new Receivers(reader, settings.files());
    }

    @Bean
    Deliveries deliveries(JdbcClient jdbc, TransactionOperations transaction, DatabaseClock clock) {
        return new Deliveries(jdbc, transaction, clock);
    }

    @Bean
    Silences silences(JdbcClient jdbc, TransactionOperations transaction, DatabaseClock clock) {
        return new Silences(jdbc, transaction, clock);
    }

    @Bean
    LoadedRules rules(DispatcherSettings settings, Silences silences) {
        return new LoadedRules(new SilenceFiles(Variables.environment()), settings.files(), silences);
    }

    @Bean
    Escalations escalations(
            JdbcClient jdbc,
            TransactionOperations transaction,
            Silences silences,
            Receivers receivers,
            PausedMonitors paused,
            DatabaseClock clock) {
        return new Escalations(jdbc, transaction, silences, receivers::routes, receivers::acceptsGroups, paused, clock);
    }

    @Bean
    IncidentAcknowledgements incidentAcknowledgements(
            JdbcClient jdbc, TransactionOperations transaction, DatabaseClock clock) {
        return new IncidentAcknowledgements(jdbc, transaction, clock);
    }

    @Bean
    LinkedIncidents linkedIncidents(JdbcClient jdbc, DatabaseClock clock) {
        return new LinkedIncidents(jdbc, clock);
    }

    /** The page behind the links in messages has a form. */
    @Bean
    IngressExemptions ingressExemptions() {
        return IngressExemptions.ofForms(AckLinks.PATH);
    }

    @Bean
    NotificationLog notificationLog(JdbcClient jdbc) {
        return new NotificationLog(jdbc);
    }

    @Bean
    OutboxRelay notificationRelay(
            NotificationLog log,
            KafkaConnection kafka,
            DispatcherSettings settings,
            DataSource database,
            MeterRegistry meters) {
        return NotificationRelay.of(log, database, kafka, settings.partitions(), settings.poll(), meters);
    }

    @Bean
    OutboxHealth notificationsHealthIndicator(OutboxRelay relay) {
        return new OutboxHealth(relay);
    }

    @Bean
    ParkedAcknowledgements parkedAcknowledgements(JdbcClient jdbc, TransactionOperations transaction) {
        return new ParkedAcknowledgements(jdbc, transaction);
    }

    @Bean
    AuditLog auditLog(JdbcClient jdbc, TransactionOperations transaction) {
        return new AuditLog(jdbc, transaction, "dispatcher.audit");
    }

    @Bean
    Redrive redrive(
            JdbcClient jdbc,
            TransactionOperations transaction,
            ParkedAcknowledgements acknowledgements,
            Silences silences) {
        return new Redrive(jdbc, transaction, acknowledgements, silences);
    }

    @Bean
    KnownMonitors knownMonitors(KafkaConnection kafka, JdbcClient jdbc) {
        return new KnownMonitors(kafka, jdbc);
    }

    @Bean
    Notifier notifier(
            DispatcherSettings settings,
            KafkaConnection kafka,
            InstanceFolder data,
            JdbcClient jdbc,
            TransactionOperations transaction,
            Deliveries deliveries,
            Silences silences,
            LoadedRules rules,
            Escalations escalations,
            Receivers receivers,
            PausedMonitors paused,
            MeterRegistry meters,
            DatabaseClock clock) {
        var options = new Notifier.Options(
                kafka,
                data.instanceId(),
                settings.partitions(),
                settings.sessionTimeout(),
                settings.poll(),
                settings.shutdownGrace(),
                settings.history());
        var pipeline = new Pipeline(
                jdbc, transaction, silences, escalations, receivers::routes, receivers::acceptsGroups, clock);
        return new Notifier(
                options,
                pipeline,
                deliveries,
                silences,
                rules,
                escalations,
                receivers,
                paused,
                new DeliveryMetrics(meters),
                jdbc,
                transaction,
                clock);
    }

    @Bean
    ScheduledTasks scheduledTasks(DataSource dataSource, Notifier notifier) {
        return new ScheduledTasks(dataSource, "dispatcher.scheduled_tasks", notifier.scheduledTasks());
    }
}
