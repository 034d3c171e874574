package io.growalert.dispatcher.notify;

import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stores the processed offset of each partition in the database, beside the events: the consumer group's offsets may be lost
 * or reset, and the database may be restored from a backup.
 */
final class Consumed {
    private final JdbcClient jdbc;

    Consumed(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Every record below the offset was processed, unless its leader epoch is higher: such a record replaced one that the broker
     * lost.
     */
    record Mark(long nextOffset, int leaderEpoch) {
        boolean covers(Arrival.Offset origin) {
            return origin.offset() < nextOffset && origin.leaderEpoch() <= leaderEpoch;
        }
    }

    private record Partition(String topic, int number) {
        static Partition of(Arrival arrival) {
            return new Partition(arrival.origin().topic(), arrival.origin().partition());
        }
    }

    private static final String LOCK = """
            select topic_id, partition, next_offset, leader_epoch from dispatcher.consumed
            where (topic_id, partition) in (select * from unnest(:topics::text[], :partitions::bigint[]))
            order by topic_id, partition
            for update
            """;

    private static final String ADVANCE = """
            insert into dispatcher.consumed (topic_id, partition, next_offset, leader_epoch)
            select topic_id, partition, next_offset, leader_epoch
            from unnest(:topics::text[], :partitions::bigint[], :offsets::bigint[], :epochs::bigint[])
                 as c (topic_id, partition, next_offset, leader_epoch)
            order by topic_id, partition
            on conflict (topic_id, partition) do update
            set next_offset = excluded.next_offset, leader_epoch = greatest(consumed.leader_epoch, excluded.leader_epoch)
            where excluded.next_offset > consumed.next_offset or excluded.leader_epoch > consumed.leader_epoch
            """;

    /** Marks these arrivals as processed, within the caller's transaction, and returns those that were not processed before. */
    List<Arrival> advance(List<Arrival> arrivals) {
        var last = new HashMap<Partition, Mark>();
        for (var arrival : arrivals) {
            var origin = arrival.origin();
            last.merge(
                    Partition.of(arrival),
                    new Mark(origin.offset() + 1, origin.leaderEpoch()),
                    (one, other) -> other.nextOffset() > one.nextOffset() ? other : one);
        }
        var before = locked(last.keySet());
        var entries = List.copyOf(last.entrySet());
        jdbc.sql(ADVANCE)
                .param("topics", Columns.texts(entries, entry -> entry.getKey().topic()))
                .param("partitions", Columns.numbers(entries, entry -> entry.getKey()
                        .number()))
                .param("offsets", Columns.numbers(entries, entry -> entry.getValue()
                        .nextOffset()))
                .param("epochs", Columns.numbers(entries, entry -> entry.getValue()
                        .leaderEpoch()))
                .update();
        return arrivals.stream()
                .filter(arrival -> {
                    var mark = before.get(Partition.of(arrival));
                    return mark == null || !mark.covers(arrival.origin());
                })
                .toList();
    }

    private Map<Partition, Mark> locked(Collection<Partition> partitions) {
        var marks = new HashMap<Partition, Mark>();
        jdbc.sql(LOCK)
                .param("topics", Columns.texts(partitions, Partition::topic))
                .param("partitions", Columns.numbers(partitions, Partition::number))
                .query(row -> {
                    marks.put(new Partition(row.getString("topic_id"), row.getInt("partition")), mark(row, 0));
                });
        return marks;
    }

    /** The mark of this partition; empty when none is stored. */
    Optional<Mark> mark(String topic, int partition) {
        return jdbc.sql("select next_offset, leader_epoch from dispatcher.consumed"
                        + " where topic_id = :topic and partition = :partition")
                .param("topic", topic)
                .param("partition", partition)
                .query(Consumed::mark)
                .optional();
    }

    /** Stores a first mark, unless one is stored already. */
    void begin(String topic, int partition, long nextOffset) {
        jdbc.sql("insert into dispatcher.consumed (topic_id, partition, next_offset, leader_epoch)"
                        + " values (:topic, :partition, :offset, -1) on conflict do nothing")
                .param("topic", topic)
                .param("partition", partition)
                .param("offset", nextOffset)
                .update();
    }

    /** Lowers the mark to the partition's end: the broker lost records, and assigns their offsets again. */
    void lower(String topic, int partition, long end) {
        jdbc.sql("update dispatcher.consumed set next_offset = least(next_offset, :end)"
                        + " where topic_id = :topic and partition = :partition")
                .param("topic", topic)
                .param("partition", partition)
                .param("end", end)
                .update();
    }

    private static Mark mark(ResultSet row, int number) throws SQLException {
        return new Mark(row.getLong("next_offset"), row.getInt("leader_epoch"));
    }
}
