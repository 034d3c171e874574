package io.growalert.dispatcher;

import java.util.Map;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** One broker for all tests of this JVM that need a real one. */
public final class TestKafka {
    private TestKafka() {}

    private static final class Broker {
        static final EmbeddedKafkaBroker KAFKA = started();

        private static EmbeddedKafkaBroker started() {
            var kafka = new EmbeddedKafkaKraftBroker(1, 1)
                    .brokerProperties(Map.of(
                            "transaction.state.log.replication.factor", "1",
                            "transaction.state.log.min.isr", "1",
                            "group.initial.rebalance.delay.ms", "0",
                            "group.min.session.timeout.ms", "500",
                            // a topic that the broker creates automatically has the wrong number of partitions
                            "auto.create.topics.enable", "false"));
            kafka.afterPropertiesSet();
            Runtime.getRuntime().addShutdownHook(new Thread(kafka::destroy));
            return kafka;
        }
    }

    public static String bootstrapServers() {
        return Broker.KAFKA.getBrokersAsString();
    }
}
