package io.growalert.testkit;

import java.util.Map;
import java.util.Objects;
import kafka.server.BrokerServer;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * A Kafka broker in this JVM. All tests share one, in which a test's topics, groups or keys have names of its own; only a test that
 * stops the broker, or needs its own topics of a fixed name, starts another one.
 */
public final class TestKafka implements AutoCloseable {
    private final EmbeddedKafkaKraftBroker broker;
    private final String address;

    private static final class Shared {
        static final TestKafka KAFKA = started();

        private static TestKafka started() {
            var kafka = new TestKafka();
            Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
            return kafka;
        }
    }

    /** Starts a broker of its own, on a port that stays the same over {@link #stop} and {@link #restart}. */
    public TestKafka() {
        // a topic that the broker creates itself has the wrong number of partitions
        this(false);
    }

    /** @param createsTopics whether it creates a topic that a client requests, with one partition, as Kafka does by default */
    public TestKafka(boolean createsTopics) {
        broker = new EmbeddedKafkaKraftBroker(1, 1);
        broker.kafkaPorts(FreePort.next())
                .brokerProperties(Map.of(
                        "auto.create.topics.enable", String.valueOf(createsTopics),
                        "group.initial.rebalance.delay.ms", "0",
                        "group.min.session.timeout.ms", "500",
                        "offsets.topic.num.partitions", "3",
                        "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000",
                        "transaction.state.log.num.partitions", "3",
                        "transaction.state.log.replication.factor", "1",
                        "transaction.state.log.min.isr", "1"))
                .afterPropertiesSet();
        address = broker.getBrokersAsString();
    }

    /** Where the shared broker listens. */
    public static String bootstrapServers() {
        return Shared.KAFKA.address();
    }

    public String address() {
        return address;
    }

    /** The broker stops; its data stays. */
    public void stop() {
        server().shutdown();
        server().awaitShutdown();
    }

    public void restart() {
        server().startup();
    }

    private BrokerServer server() {
        return Objects.requireNonNull(broker.getCluster())
                .brokers()
                .values()
                .iterator()
                .next();
    }

    @Override
    public void close() {
        broker.destroy();
    }
}
