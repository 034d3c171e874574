package io.growalert.monitor.group;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports each invalid definition once, however often its partition is read: the group's committed offsets store what was reported.
 * The dispatcher, which reads the same topic, dead-letters the record.
 */
final class RejectedDefinitions {
    private static final Logger LOG = LoggerFactory.getLogger(RejectedDefinitions.class);
    private static final int SHOWN = 300;

    private final Counter unusable;
    private final Map<TopicPartition, Long> reported = new HashMap<>();

    RejectedDefinitions(MeterRegistry meters) {
        this.unusable = meters.counter("growalert.definitions.unreadable");
    }

    /** @param committed null for a partition without a report so far */
    void resume(Map<TopicPartition, @Nullable OffsetAndMetadata> committed) {
        committed.forEach((partition, offset) -> {
            if (offset != null) {
                reported.merge(partition, offset.offset(), Math::max);
            }
        });
    }

    void add(ConsumerRecord<String, byte[]> record, Throwable reason, Consumer<String, byte[]> group) {
        var partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < reported.getOrDefault(partition, 0L)) {
            return;
        }
        unusable.increment();
        LOG.atError()
                .addKeyValue("monitorId", shortened(record.key()))
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", shortened(reason.toString()))
                .log("Definition rejected; its monitor does not run, the others continue");
        reported.put(partition, record.offset() + 1);
        try {
            group.commitSync(Map.of(partition, new OffsetAndMetadata(record.offset() + 1)));
        } catch (AuthenticationException | AuthorizationException e) {
            // the records that were polled with it must apply
            LOG.atDebug()
                    .setCause(e)
                    .log("Offset not committed; the definition is reported again after the next assignment");
        }
    }

    /** The key of a foreign record, and the reason, may have any length. */
    private static String shortened(@Nullable String text) {
        return text == null || text.length() <= SHOWN ? String.valueOf(text) : text.substring(0, SHOWN) + "...";
    }
}
