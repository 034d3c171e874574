package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.deadman.StoredHeartbeats;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.testkit.TestKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifierHeartbeatsTest {
    private static final int PARTITION = 4_711;

    @TempDir
    Path folder;

    @Test
    void heartbeats_are_not_stored_while_alert_events_cannot_be_stored() throws Exception {
        var kafka = new AlertConsumerSettings(
                KafkaConnection.at(TestKafka.bootstrapServers()), "heartbeats", Duration.ofSeconds(6), 2);
        kafka.connect().close();
        try (var bench = new NotifierBench(folder, "ops: {fake: {}}");
                var deadLetters = new DeadLetters(KafkaConnection.at(TestKafka.bootstrapServers()));
                var producer = producer()) {
            var consumer = new AlertConsumer(
                    kafka::connect,
                    new Positions(
                            new AlertsTopic(KafkaConnection.at(TestKafka.bootstrapServers())),
                            new Consumed(bench.jdbc),
                            new StoredUntil(bench.clock)),
                    deadLetters,
                    bench.pipeline,
                    bench.loop("heartbeats"),
                    bench.metrics,
                    new StoredHeartbeats(bench.jdbc));
            bench.jdbc.sql("""
                            create function dispatcher.fail() returns trigger language plpgsql as
                            $$ begin raise exception 'full' using errcode = '53100'; end $$
                            """).update();
            bench.jdbc
                    .sql("create trigger fail before insert on dispatcher.incidents"
                            + " for each row execute function dispatcher.fail()")
                    .update();
            var loop = consumer.loop();
            loop.progress().bindTo(bench.meters);
            loop.start();
            try {
                var event =
                        AlertEvents.of("heartbeats-" + UUID.randomUUID(), "ops").firing(0);
                producer.send(new ProducerRecord<>(Topics.ALERTS, 0, null, Json.write(event)))
                        .get(20, SECONDS);
                await().atMost(30, SECONDS).until(() -> loop.obstacle().isPresent());
                var heartbeat = new Heartbeat(PARTITION, Instant.now());
                producer.send(new ProducerRecord<>(Topics.HEARTBEATS, 0, null, Json.write(heartbeat)))
                        .get(20, SECONDS);
                double before = failures(bench);
                await().atMost(60, SECONDS).until(() -> failures(bench) >= before + 3);

                assertThat(stored(bench)).doesNotContain(PARTITION);

                bench.jdbc.sql("drop trigger fail on dispatcher.incidents").update();
                await().atMost(30, SECONDS).until(() -> {
                    // those that arrive before the event is stored are dropped
                    var _ = producer.send(new ProducerRecord<>(Topics.HEARTBEATS, 0, null, Json.write(heartbeat)));
                    return stored(bench).contains(PARTITION);
                });
                await().atMost(30, SECONDS).until(() -> loop.obstacle().isEmpty());
            } finally {
                loop.stop();
            }
        }
    }

    private static double failures(NotifierBench bench) {
        return bench.meters.get("growalert.loop.failures").functionCounter().count();
    }

    private static List<Integer> stored(NotifierBench bench) {
        return bench.jdbc
                .sql("select partition from dispatcher.heartbeats")
                .query(Integer.class)
                .list();
    }

    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
