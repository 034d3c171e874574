package io.growalert.dispatcher.deadman;

import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.UnreadableValue;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The last heartbeat of each partition that reached the database. */
public final class StoredHeartbeats {
    private static final Logger LOG = LoggerFactory.getLogger(StoredHeartbeats.class);
    private static final byte[] NOTHING = {};
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private final JdbcClient jdbc;

    public StoredHeartbeats(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String STORE = """
            insert into dispatcher.heartbeats (partition, sent_at, stored_at)
            select partition, sent_at, clock_timestamp()
            from unnest(:partitions::int[], :sent::timestamptz[]) as h (partition, sent_at)
            order by partition
            on conflict (partition) do update
            set sent_at = greatest(heartbeats.sent_at, excluded.sent_at), stored_at = excluded.stored_at
            """;

    /** Stores the last one of each partition. An unreadable record is skipped, since it is no heartbeat. */
    public void store(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        var last = new HashMap<Integer, Instant>();
        for (var record : records) {
            read(record)
                    .ifPresent(heartbeat -> last.merge(
                            heartbeat.partition(),
                            heartbeat.sentAt(),
                            (one, other) -> one.isAfter(other) ? one : other));
        }
        if (!last.isEmpty()) {
            var entries = List.copyOf(last.entrySet());
            jdbc.sql(STORE)
                    .param("partitions", Columns.numbers(entries, Map.Entry::getKey))
                    .param("sent", Columns.times(entries, Map.Entry::getValue))
                    .update();
        }
    }

    private static Optional<Heartbeat> read(ConsumerRecord<byte[], byte[]> record) {
        try {
            var heartbeat = Json.read(record.value() == null ? NOTHING : record.value(), Heartbeat.class);
            var sent = heartbeat.sentAt();
            // a time that PostgreSQL cannot store must not block the alert events
            boolean isPossible = sent.isAfter(Instant.EPOCH) && !sent.isAfter(LATEST);
            return isPossible ? Optional.of(heartbeat) : Optional.empty();
        } catch (UnreadableValue | StackOverflowError e) {
            LOG.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("Heartbeat unreadable; skipped");
            return Optional.empty();
        }
    }

    private static final String AGES = """
            select partition, extract(epoch from clock_timestamp() - least(sent_at, stored_at)) as age
            from dispatcher.heartbeats
            """;

    /**
     * How old the last heartbeat of each partition is by the database's clock: since it was sent, or since it arrived, if the
     * sender's clock is ahead.
     */
    Map<Integer, Duration> ages() {
        var ages = new HashMap<Integer, Duration>();
        jdbc.sql(AGES).query(row -> {
            ages.put(row.getInt("partition"), Duration.ofMillis(Math.round(row.getDouble("age") * 1_000)));
        });
        return ages;
    }
}
