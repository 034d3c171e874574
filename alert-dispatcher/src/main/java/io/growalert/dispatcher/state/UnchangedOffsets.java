package io.growalert.dispatcher.state;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether a producer's transaction would change nothing: it has no record, and its offsets are those that the producer committed last.
 * Another instance cannot have replaced these: an instance that is assigned a partition again resumes from the offset that the other
 * committed.
 */
final class UnchangedOffsets {
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> added = new HashMap<>();
    private boolean hasRecords;

    /** A record is part of the transaction, even if its sending fails. */
    void sent() {
        hasRecords = true;
    }

    /** Whether these offsets need not become part of the transaction; otherwise they count as part of it. */
    boolean isLeftOut(Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (!hasRecords && added.isEmpty() && committed.entrySet().containsAll(offsets.entrySet())) {
            return true;
        }
        added.putAll(offsets);
        return false;
    }

    void committed() {
        committed.putAll(added);
        end();
    }

    void aborted() {
        end();
    }

    private void end() {
        added.clear();
        hasRecords = false;
    }
}
