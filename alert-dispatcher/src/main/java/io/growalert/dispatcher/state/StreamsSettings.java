package io.growalert.dispatcher.state;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The configuration of Kafka Streams; its timings are measured: how fast it recovers from SIGKILL. */
final class StreamsSettings {
    /** The consumer group, and the prefix of the changelog topics. */
    static final String APPLICATION_ID = "growalert.alert-state";

    private StreamsSettings() {}

    static Properties of(StateSettings settings) {
        int session = Math.toIntExact(settings.sessionTimeout().toMillis());
        var streams = new Properties();
        streams.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION_ID);
        // also for its producer, consumers and admin client
        streams.putAll(settings.connection().client(Map.of()));
        streams.put(
                StreamsConfig.STATE_DIR_CONFIG,
                settings.data().resolve("alert-state").toString());
        streams.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // a transition requests its commit; this interval is for everything else, and stays below the shortest
        // transaction timeout
        streams.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_750);
        streams.put(
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                Math.toIntExact(settings.transactionTimeout().toMillis()));
        // records end this wait; it delays the commit of results without a transition, and PacedClients shortens it
        // while more is due
        streams.put(StreamsConfig.POLL_MS_CONFIG, 250L);
        streams.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
        streams.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        streams.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreMemory.class);
        streams.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, RecordTimestamp.class);
        // bounds the heap for the largest records: 12 partitions of 64 results with 1,000 series each are 60 MB, and
        // with the default of 1,000 results almost 1 GB
        streams.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 64);
        streams.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 16 << 20);
        // a definition is read before the results that follow it, as far as both are on the broker
        streams.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, 0L);
        streams.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        // a topic that the broker creates has the broker's number of partitions and not ours
        streams.put(StreamsConfig.consumerPrefix(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG), false);
        // a member that restarts with its id causes no rebalance
        streams.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), settings.instanceId());
        streams.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), session);
        streams.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), session / 6);
        return streams;
    }
}
