package io.growalert.history;

import io.growalert.history.ingest.SkippedRecords;
import io.growalert.history.ingest.TopicIngest;
import io.growalert.history.query.MonitorDetail;
import io.growalert.history.query.MonitorOverview;
import io.growalert.history.query.MonitorValues;
import io.growalert.history.query.QueryDatabase;
import io.growalert.history.query.StatusPage;
import io.growalert.history.query.StoredIncidents;
import io.growalert.history.query.TopicProgress;
import io.growalert.history.query.ValueExport;
import io.growalert.history.query.WhatIf;
import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Compaction;
import io.growalert.history.store.DayPartitions;
import io.growalert.history.store.HistoryRetention;
import io.growalert.history.store.RollupReader;
import io.growalert.history.store.Rollups;
import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import io.growalert.runtime.database.Database;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.entitlement.EntitlementTopic;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.Web;
import io.growalert.runtime.kafka.KafkaAccessCheck;
import io.growalert.runtime.kafka.KafkaAccessHealth;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.KafkaHealth;
import io.growalert.runtime.kafka.KafkaRights;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.schedule.ScheduledTask;
import io.growalert.runtime.schedule.ScheduledTasks;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Stores the history of the topics: values, status, thresholds, incidents and notifications. How a record is stored:
 *
 * <ol>
 *   <li>{@link TopicIngest} reads it; {@code BatchReceiver} begins at the offsets in the database;
 *   <li>{@code BatchWriter} stores a batch and its offsets in one transaction: values as a row of {@code history.runs} for each record,
 *       changes of status as rows of {@code history.status_spans}; {@code ResultWriter} does so for results, {@code MonitorTrack} decides
 *       on their status, and {@code TrackedMonitors} writes the rows of monitors, at most 10 s late (ADR 47);
 *   <li>{@link Compaction} moves rows into chunks of up to 60 values of one series, and {@link Rollups} rolls these up;
 *   <li>{@link HistoryRetention} drops the partitions of old days.
 * </ol>
 *
 * <p>{@link MonitorHistoryApi} and {@code StoredHistoryApi} answer from the package {@code query}.
 *
 * <p>Alerting reads nothing from here.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties({HistorySettings.class, EntitlementSettings.class})
@Import({
    Database.class,
    LiveApi.class,
    LiveChanges.class,
    MonitorHistoryApi.class,
    ProblemAdvice.class,
    StoredHistoryApi.class,
    Web.class
})
public class HistoryService {
    private static final Service SERVICE = new Service(HistoryService.class, "history");
    private static final Duration RETRY = Duration.ofSeconds(10);

    public static void main(String[] arguments) {
        SERVICE.main(arguments);
    }

    /**
     * Embedded start. The caller must close the returned context.
     *
     * @param settings by property name; they override all others
     * @throws StartFailure with a line for each setting that is wrong
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        return SERVICE.start(settings);
    }

    @Bean
    Database.Options databaseOptions(HistorySettings settings) {
        var database = settings.database();
        return new Database.Options(
                "history-service",
                "history",
                database.url(),
                database.username(),
                database.password(),
                database.connections());
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    KafkaConnection kafkaConnection(HistorySettings settings) {
        return KafkaAccessCheck.require(
                KafkaConnection.of(settings.kafka(), settings.kafkaConfig()), KafkaRights.HISTORY_SERVICE);
    }

    @Bean
    KafkaAccessHealth kafkaAccessHealthIndicator(KafkaConnection kafka) {
        return new KafkaAccessHealth(new KafkaAccessCheck(kafka, KafkaRights.HISTORY_SERVICE));
    }

    @Bean
    KafkaHealth kafkaHealthIndicator(KafkaConnection kafka) {
        return new KafkaHealth(kafka, "growalert-history-health");
    }

    /** Which customers' monitors are paused, for operators: a paused monitor has no results, and is not broken. */
    @Bean
    EntitlementTopic entitlements(KafkaConnection kafka, EntitlementSettings entitlements, Clock clock) {
        return new EntitlementTopic(kafka, entitlements, clock);
    }

    @Bean
    TopicIngest topicIngest(
            HistorySettings settings,
            KafkaConnection kafka,
            JdbcClient jdbc,
            TransactionOperations transaction,
            DataSource database,
            MeterRegistry meters,
            Clock clock) {
        var options = new TopicIngest.Options(kafka, settings.partitions(), settings.sessionTimeout());
        return new TopicIngest(options, jdbc, transaction, database, meters, clock);
    }

    @Bean
    ChunkTable chunkTable(JdbcClient jdbc) {
        return new ChunkTable(jdbc);
    }

    @Bean
    DayPartitions chunkPartitions(JdbcClient jdbc, TransactionOperations transaction) {
        return new DayPartitions(jdbc, transaction, "chunks");
    }

    @Bean
    DayPartitions rollupPartitions(JdbcClient jdbc, TransactionOperations transaction) {
        return new DayPartitions(jdbc, transaction, "rollups");
    }

    @Bean
    Compaction compaction(
            HistorySettings settings,
            JdbcClient jdbc,
            TransactionOperations transaction,
            DataSource database,
            DayPartitions chunkPartitions,
            MeterRegistry meters,
            Clock clock) {
        var compaction = new Compaction(jdbc, transaction, database, chunkPartitions, settings.raw(), clock);
        FunctionCounter.builder("growalert.history.compacted", compaction, Compaction::compacted)
                .register(meters);
        return compaction;
    }

    @Bean
    Rollups rollups(
            JdbcClient jdbc,
            TransactionOperations transaction,
            DataSource database,
            DayPartitions rollupPartitions,
            ChunkTable chunks,
            Clock clock) {
        return new Rollups(jdbc, transaction, database, rollupPartitions, chunks, clock);
    }

    @Bean
    HistoryRetention historyRetention(
            HistorySettings settings,
            JdbcClient jdbc,
            TransactionOperations transaction,
            DayPartitions chunkPartitions,
            DayPartitions rollupPartitions,
            Clock clock) {
        var retention = new HistoryRetention.Retention(settings.raw(), settings.rollups());
        return new HistoryRetention(jdbc, transaction, chunkPartitions, rollupPartitions, retention, clock);
    }

    @Bean
    ScheduledTasks scheduledTasks(
            DataSource database, Compaction compaction, Rollups rollups, HistoryRetention retention) {
        return new ScheduledTasks(
                database,
                "history.scheduled_tasks",
                List.of(
                        new ScheduledTask("compaction", Duration.ofSeconds(30), RETRY, compaction::run),
                        new ScheduledTask("rollups", Duration.ofMinutes(1), RETRY, rollups::run),
                        new ScheduledTask("retention", Duration.ofHours(1), RETRY, retention::run)));
    }

    /** Queries have connections of their own. */
    @Bean
    QueryDatabase queryDatabase(Database.Options options, HistorySettings settings, JdbcClient migrated) {
        return new QueryDatabase(Database.pool(
                options, options.service() + "-queries", settings.database().queryConnections()));
    }

    @Bean
    TopicProgress topicProgress(QueryDatabase queries) {
        return new TopicProgress(queries.jdbc());
    }

    @Bean
    MonitorOverview monitorOverview(QueryDatabase queries, TopicProgress progress, EntitlementTopic entitlements) {
        return new MonitorOverview(queries.jdbc(), progress, entitlements);
    }

    @Bean
    MonitorDetail monitorDetail(QueryDatabase queries, MonitorOverview overview, TopicProgress progress) {
        return new MonitorDetail(queries.jdbc(), new ChunkTable(queries.jdbc()), overview, progress);
    }

    @Bean
    MonitorValues monitorValues(QueryDatabase queries, TopicProgress progress) {
        return new MonitorValues(
                queries.jdbc(), new ChunkTable(queries.jdbc()), new RollupReader(queries.jdbc()), progress);
    }

    @Bean
    ValueExport valueExport(QueryDatabase queries, TopicProgress progress, HistorySettings settings) {
        return new ValueExport(queries, progress, settings.raw());
    }

    @Bean
    WhatIf whatIf(QueryDatabase queries, TopicProgress progress, HistorySettings settings) {
        return new WhatIf(queries.jdbc(), new ChunkTable(queries.jdbc()), progress, settings.raw());
    }

    @Bean
    StoredIncidents storedIncidents(QueryDatabase queries, TopicProgress progress) {
        return new StoredIncidents(queries.jdbc(), progress);
    }

    @Bean
    StatusPage statusPage(QueryDatabase queries, TopicProgress progress) {
        return new StatusPage(queries.jdbc(), progress);
    }

    @Bean
    SkippedRecords skippedRecordsHealthIndicator(TopicIngest ingest) {
        return ingest.skipped();
    }

    /** DOWN while records are not stored, or a task makes no progress. */
    @Bean
    LoopHealth historyHealthIndicator(TopicIngest ingest, LiveChanges live, ScheduledTasks tasks) {
        return new LoopHealth(Stream.concat(Stream.of(ingest.progress(), live.progress()), tasks.loops().stream())
                .toList());
    }
}
