package io.growalert.history.ingest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Stores batches of records: their content and the offsets behind them in one transaction. A record that cannot be stored is counted,
 * logged and skipped; it does not stop the others, which are stored in halves of halves around it.
 */
final class BatchWriter {
    private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);

    private final TransactionOperations transaction;
    private final StoredOffsets offsets;
    private final TrackedMonitors monitors;
    private final DefinitionWriter definitions;
    private final ResultWriter results;
    private final IncidentWriter incidents;
    private final IngestMetrics metrics;
    private final SkippedRecords skipped;
    /** Up to which offset unreadable records were reported: a batch is parsed again when it is retried. */
    private final Map<TopicPartition, Long> reported = new HashMap<>();

    BatchWriter(
            JdbcClient jdbc,
            TransactionOperations transaction,
            DataSource database,
            StoredOffsets offsets,
            IngestMetrics metrics,
            SkippedRecords skipped) {
        this.transaction = transaction;
        this.offsets = offsets;
        this.metrics = metrics;
        this.skipped = skipped;
        monitors = new TrackedMonitors(jdbc, skipped);
        definitions = new DefinitionWriter(jdbc, monitors);
        results = new ResultWriter(jdbc, database, monitors);
        incidents = new IncidentWriter(jdbc);
    }

    /** Partitions moved: what is in memory may be old. */
    void reset() {
        monitors.clear();
    }

    /**
     * Stores the records in the order of their offsets.
     *
     * @param marks the stored offset of each partition, which are advanced
     * @throws StaleOffset when another instance advanced one
     */
    void write(List<ConsumerRecord<byte[], byte[]>> records, Map<TopicPartition, Long> marks) {
        try {
            write(ParsedBatch.of(records, this::unreadable), marks);
        } catch (RuntimeException e) {
            if (!Unstorable.isCause(e)) {
                throw e;
            }
            if (records.size() > 1) {
                int half = records.size() / 2;
                write(records.subList(0, half), marks);
                write(records.subList(half, records.size()), marks);
            } else {
                write(ParsedBatch.skipping(records.getFirst()), marks);
                skipped(records.getFirst(), e);
            }
        }
    }

    private void write(ParsedBatch batch, Map<TopicPartition, Long> marks) {
        var steps = new ArrayList<StoredOffsets.Step>();
        batch.partitions.forEach((partition, read) -> steps.add(new StoredOffsets.Step(
                partition, marks.getOrDefault(partition, -1L), read.nextOffset(), read.stored(), read.appended())));
        boolean committed = false;
        try {
            transaction.executeWithoutResult(_ -> {
                offsets.advance(steps);
                definitions.store(batch.definitions);
                results.store(batch.results);
                incidents.storeAlerts(batch.alerts);
                incidents.storeNotifications(batch.notifications);
            });
            committed = true;
        } finally {
            if (!committed) {
                monitors.clear();
            }
        }
        steps.forEach(step -> {
            marks.put(step.partition(), step.next());
            metrics.stored(step.partition().topic(), step.stored());
        });
    }

    private void unreadable(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
        var partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() > reported.getOrDefault(partition, -1L)) {
            reported.put(partition, record.offset());
            skipped(record, cause);
        }
    }

    private void skipped(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
        var partition = new TopicPartition(record.topic(), record.partition());
        metrics.unreadable(record.topic());
        skipped.add("%s at offset %d".formatted(partition, record.offset()), cause);
        LOG.atError()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", SkippedRecords.reason(cause))
                .log("Record skipped: it cannot be stored");
    }
}
