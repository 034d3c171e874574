package io.growalert.history.ingest;

import io.growalert.history.store.Micros;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Up to which record each partition is stored. */
final class StoredOffsets {
    private final JdbcClient jdbc;

    StoredOffsets(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param topicId which changes when the topic is deleted and created again */
    record Mark(String topicId, long nextOffset) {}

    /**
     * @param expected the mark that the partition has if no other instance stored its records
     * @param stored how many of the records were stored, heartbeats not counted
     */
    record Step(
            TopicPartition partition,
            long expected,
            long next,
            long stored,
            @Nullable Instant appended) {}

    Optional<Mark> read(TopicPartition partition) {
        return jdbc.sql(
                        "select topic_id, next_offset from history.offsets where topic = :topic and partition = :partition")
                .param("topic", partition.topic())
                .param("partition", partition.partition())
                .query(Mark.class)
                .optional();
    }

    private static final String PLACE = """
            insert into history.offsets (topic, partition, topic_id, next_offset) values (:topic, :partition, :topicId, :next)
            on conflict (topic, partition) do update set topic_id = excluded.topic_id, next_offset = excluded.next_offset
            where offsets.next_offset = :expected
            """;

    /** Sets the mark, unless another instance has changed it since it was read. */
    void place(TopicPartition partition, @Nullable Mark before, Mark mark) {
        int placed = jdbc.sql(PLACE)
                .param("topic", partition.topic())
                .param("partition", partition.partition())
                .param("topicId", mark.topicId())
                .param("next", mark.nextOffset())
                .param("expected", before == null ? -1 : before.nextOffset())
                .update();
        if (placed != 1) {
            throw new StaleOffset("another instance placed " + partition);
        }
    }

    private static final String FORGET = """
            delete from history.offsets where topic = :topic and topic_id <> :topicId and partition >= :partitions
            """;

    /** The topic was created again with fewer partitions: those that it has no more must not hold back what is complete. */
    void forget(String topic, String topicId, int partitions) {
        jdbc.sql(FORGET)
                .param("topic", topic)
                .param("topicId", topicId)
                .param("partitions", partitions)
                .update();
    }

    private static final String ADVANCE = """
            update history.offsets o
            set next_offset = s.next, stored = o.stored + s.stored,
                appended_at = greatest(o.appended_at, s.appended::timestamptz)
            from unnest(:topics::text[], :partitions::bigint[], :expected::bigint[], :next::bigint[], :stored::bigint[],
                        :appended::text[]) as s (topic, partition, expected, next, stored, appended)
            where o.topic = s.topic and o.partition = s.partition and o.next_offset = s.expected
            """;

    /**
     * Advances the marks in the caller's transaction, which holds back and then rejects every other writer of the partitions.
     *
     * @throws StaleOffset when another instance stored records of one of them: this one lost the partition
     */
    void advance(List<Step> steps) {
        int advanced = jdbc.sql(ADVANCE)
                .param("topics", Columns.texts(steps, step -> step.partition().topic()))
                .param("partitions", Columns.numbers(steps, step -> step.partition()
                        .partition()))
                .param("expected", Columns.numbers(steps, Step::expected))
                .param("next", Columns.numbers(steps, Step::next))
                .param("stored", Columns.numbers(steps, Step::stored))
                .param("appended", Columns.texts(steps, step -> text(step.appended())))
                .update();
        if (advanced != steps.size()) {
            throw new StaleOffset("another instance stored records of the same partitions");
        }
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static final String COMPLETE = """
            update history.offsets o set complete_at = greatest(complete_at, :at)
            from unnest(:topics::text[], :partitions::bigint[]) as s (topic, partition)
            where o.topic = s.topic and o.partition = s.partition
            """;

    /** Everything that was on these partitions at this instant is stored. */
    void complete(Collection<TopicPartition> partitions, Instant at) {
        if (!partitions.isEmpty()) {
            jdbc.sql(COMPLETE)
                    .param("topics", Columns.texts(partitions, TopicPartition::topic))
                    .param("partitions", Columns.numbers(partitions, TopicPartition::partition))
                    .param("at", Micros.utc(at))
                    .update();
        }
    }
}
