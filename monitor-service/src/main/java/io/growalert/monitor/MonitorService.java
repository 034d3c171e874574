package io.growalert.monitor;

import io.growalert.events.SystemMonitor;
import io.growalert.monitor.definitions.DefinitionFiles;
import io.growalert.monitor.definitions.DefinitionPublisher;
import io.growalert.monitor.definitions.DefinitionWatch;
import io.growalert.monitor.group.MonitorGroup;
import io.growalert.monitor.kafka.KafkaClients;
import io.growalert.monitor.operations.DeadManSwitch;
import io.growalert.monitor.operations.HeartbeatSender;
import io.growalert.monitor.operations.MonitorFacts;
import io.growalert.monitor.operations.MonitorsEndpoint;
import io.growalert.monitor.operations.MonitorsHealth;
import io.growalert.monitor.operations.ResultsHealth;
import io.growalert.monitor.operations.RunsApi;
import io.growalert.monitor.publish.ResultSender;
import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.monitor.run.RunListener;
import io.growalert.monitor.source.Sources;
import io.growalert.runtime.InstanceFolder;
import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import io.growalert.runtime.entitlement.EntitlementHealth;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.entitlement.EntitlementTopic;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.Web;
import io.growalert.runtime.kafka.KafkaAccessCheck;
import io.growalert.runtime.kafka.KafkaAccessHealth;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.KafkaRights;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.selfwatch.SystemReport;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * From definition files to check results. The stages in order, each a package that sees the following ones only; the beans below are
 * in the same order.
 *
 * <ol>
 *   <li>{@code definitions}: {@link DefinitionWatch} follows the {@link DefinitionFiles}, opens their {@link Sources} and publishes
 *       their monitors to {@code growalert.monitors} ({@link DefinitionPublisher}).
 *   <li>{@code group}: {@link MonitorGroup} reads each assigned partition of that topic. {@code PartitionMonitors} collects the
 *       definitions of a partition until its end is read, and then passes them on.
 *   <li>{@code run}: {@link AssignedMonitors} runs a {@code QueryCheck} on each slot of a monitor, which queries its source
 *       ({@code source}: {@link Sources}, {@code OpenSource}, {@code GuardedSource} with limit and circuit breaker) and judges the
 *       rows ({@code Judge}). {@link RunListener} receives the completed run and counts it.
 *   <li>{@code publish}: {@code RunEncoder} makes the run's records, {@link ResultSender} buffers them ({@code ResultBuffer}, a
 *       {@code ResultLane} for each partition) and sends them to {@code growalert.check-results}.
 * </ol>
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties({MonitorServiceSettings.class, EntitlementSettings.class})
@Import({MonitorsEndpoint.class, ProblemAdvice.class, RunsApi.class, Web.class})
public class MonitorService {
    private static final Service SERVICE = new Service(MonitorService.class, "monitor-service");

    public static void main(String[] arguments) {
        SERVICE.main(arguments);
    }

    /**
     * Embedded start. The caller must close the returned context.
     *
     * @param settings by property name, with priority over all others; a collection is a list property
     * @throws StartFailure with a line for each invalid setting or definition
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        return SERVICE.start(settings);
    }

    /** Locked before anything starts that another instance on the same folder would disturb. */
    @Bean
    InstanceFolder data(MonitorServiceSettings settings) {
        return InstanceFolder.open("growalert.monitor.data", settings.data());
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    KafkaConnection kafkaConnection(MonitorServiceSettings settings) {
        return KafkaAccessCheck.require(
                KafkaConnection.of(settings.kafka(), settings.kafkaConfig()), KafkaRights.MONITOR_SERVICE);
    }

    @Bean
    KafkaAccessHealth kafkaAccessHealthIndicator(KafkaConnection kafka) {
        return new KafkaAccessHealth(new KafkaAccessCheck(kafka, KafkaRights.MONITOR_SERVICE));
    }

    @Bean
    KafkaClients kafkaClients(MonitorServiceSettings settings, KafkaConnection kafka) {
        return new KafkaClients(kafka, settings.partitions(), settings.sessionTimeout());
    }

    // 1. definition files -> sources, and definitions on growalert.monitors

    @Bean
    DefinitionWatch definitionWatch(
            MonitorServiceSettings settings,
            Sources sources,
            KafkaClients kafka,
            MonitorGroup group,
            InstantSource clock,
            MeterRegistry meters) {
        var files = new DefinitionFiles(settings.files(), settings.origin(), clock);
        var publisher = new DefinitionPublisher(kafka, settings.origin(), settings.prune(), clock, meters);
        return new DefinitionWatch(files, sources, publisher, kafka::createTopics, group::join, settings.reloadEvery());
    }

    // 2. growalert.monitors -> the monitors of the assigned partitions

    @Bean
    MonitorGroup monitorGroup(
            KafkaClients kafka,
            InstanceFolder data,
            AssignedMonitors monitors,
            MonitorServiceSettings settings,
            MeterRegistry meters) {
        return new MonitorGroup(kafka, data.instanceId(), monitors, settings.grace(), meters);
    }

    // 3. the monitors -> a run on each slot: query, judgement

    @Bean
    AssignedMonitors assignedMonitors(
            Sources sources,
            RunListener runs,
            EntitlementTopic entitlements,
            MonitorServiceSettings settings,
            InstantSource clock,
            MeterRegistry meters) {
        return new AssignedMonitors(sources, runs, entitlements, settings.grace(), settings.warmUp(), clock, meters);
    }

    /** Which customers' monitors are paused. */
    @Bean
    EntitlementTopic entitlements(KafkaConnection kafka, EntitlementSettings entitlements, InstantSource clock) {
        return new EntitlementTopic(kafka, entitlements, clock);
    }

    @Bean
    Sources sources(MeterRegistry meters) {
        return new Sources(meters);
    }

    @Bean
    RunListener runListener(ResultSender results, InstanceFolder data, MeterRegistry meters) {
        return new RunListener(results, data.instanceId(), meters);
    }

    // 4. the run's records -> growalert.check-results

    @Bean
    ResultSender resultSender(KafkaClients kafka, MonitorServiceSettings settings, MeterRegistry meters) {
        return new ResultSender(
                kafka::awaitTopics,
                kafka::resultSender,
                settings.buffer().toBytes(),
                settings.grace(),
                System::nanoTime,
                meters);
    }

    @Bean
    HeartbeatSender heartbeatSender(
            MonitorGroup group,
            AssignedMonitors monitors,
            ResultSender results,
            MonitorServiceSettings settings,
            InstantSource clock) {
        return new HeartbeatSender(group, monitors, results, settings.heartbeat(), clock);
    }

    // operational endpoints

    /** This service's own results, for the system monitors. */
    @Bean
    SystemReport systemReport(KafkaConnection kafka, InstanceFolder data, Sources sources, ResultSender results) {
        return new SystemReport(kafka, SystemMonitor.Component.MONITOR, MonitorFacts.of(data, sources, results));
    }

    @Bean
    DeadManSwitch deadManSwitch(MonitorServiceSettings settings, ResultSender results, MeterRegistry meters) {
        return new DeadManSwitch(settings.deadMan().url(), settings.deadMan().every(), results, meters);
    }

    @Bean("kafka")
    ResultsHealth resultsHealth(ResultSender results, InstantSource clock) {
        return new ResultsHealth(results, clock);
    }

    @Bean("monitors")
    MonitorsHealth monitorsHealth(
            MonitorGroup group, AssignedMonitors monitors, Sources sources, DefinitionWatch files) {
        return new MonitorsHealth(group, monitors, sources, files::unusableTopics, files::rejected);
    }

    @Bean
    EntitlementHealth entitlementsHealthIndicator(EntitlementTopic entitlements) {
        return new EntitlementHealth(entitlements);
    }

    @Bean
    LoopHealth loops(
            DefinitionWatch files,
            MonitorGroup definitions,
            ResultSender results,
            HeartbeatSender heartbeats,
            DeadManSwitch deadMan,
            SystemReport report) {
        return new LoopHealth(List.of(
                files.progress(),
                definitions.progress(),
                results.progress(),
                heartbeats.progress(),
                deadMan.progress(),
                report.progress()));
    }
}
