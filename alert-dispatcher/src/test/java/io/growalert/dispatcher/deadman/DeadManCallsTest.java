package io.growalert.dispatcher.deadman;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.growalert.dispatcher.TestDatabase;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.TestKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances on one database, a real broker, and a real receiver of the calls. */
class DeadManCallsTest {
    private static final TestKafka KAFKA = new TestKafka();

    private final TestDatabase database = TestDatabase.migrated();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<DeadManCalls> started = new CopyOnWriteArrayList<>();
    private volatile int answer = 200;
    private volatile boolean delivers = true;
    private HttpServer external;

    @BeforeAll
    static void createTopics() {
        new TopicCreator(KafkaConnection.at(KAFKA.address()), 2).createMissing(List.of(Topics.CHECK_RESULTS));
    }

    @AfterAll
    static void stopKafka() {
        KAFKA.close();
    }

    @BeforeEach
    void open() throws IOException {
        external = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        external.createContext("/", exchange -> {
            try (exchange) {
                calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
                exchange.getResponseHeaders().add("Location", "/elsewhere");
                exchange.sendResponseHeaders(answer, -1);
            }
        });
        external.start();
    }

    @AfterEach
    void close() {
        started.forEach(DeadManCalls::stop);
        external.stop(0);
        database.close();
    }

    @Test
    void of_two_instances_one_makes_the_call_while_all_partitions_are_alive() {
        heartbeats(0, 1);

        start(call(DeadManCall.Method.GET), Duration.ofHours(1));
        start(call(DeadManCall.Method.GET), Duration.ofHours(1));
        await().until(() ->
                started.stream().allMatch(instance -> instance.liveness().isPresent()));
        await().until(() -> !calls.isEmpty());
        started.forEach(DeadManCalls::stop);

        assertThat(calls).containsExactly("GET /secret");
    }

    @Test
    void there_is_no_call_while_a_partition_is_late_and_the_health_report_names_it() {
        heartbeats(0);
        var deadMan = start(call(DeadManCall.Method.GET), Duration.ofMillis(100));

        await().until(() -> deadMan.liveness().isPresent());

        assertThat(deadMan.liveness().orElseThrow().late()).containsOnlyKeys(1);
        var health = new DeadManHealth(deadMan).health();
        assertThat(health.getStatus().getCode()).isEqualTo("UP");
        assertThat(health.getDetails().get("late")).hasToString("{1=no heartbeat yet}");
        assertThat(calls).isEmpty();

        heartbeats(0, 1);
        await().until(() -> !calls.isEmpty());
    }

    @Test
    void an_instance_that_makes_no_deliveries_makes_no_call() {
        delivers = false;
        heartbeats(0, 1);
        var deadMan = start(call(DeadManCall.Method.GET), Duration.ofMillis(100));

        await().until(() -> deadMan.liveness().isPresent());
        assertThat(deadMan.liveness().orElseThrow().isAlive()).isTrue();
        deadMan.stop();
        assertThat(calls).isEmpty();

        delivers = true;
        start(call(DeadManCall.Method.GET), Duration.ofMillis(100));
        await().until(() -> !calls.isEmpty());
    }

    @Test
    void the_calls_go_on_by_post_and_whatever_the_answer_is() {
        answer = 302;
        heartbeats(0, 1);

        start(call(DeadManCall.Method.POST), Duration.ofMillis(100));

        await().atMost(30, SECONDS)
                .until(() -> meters.counter("growalert.dead.man.calls", "outcome", "refused")
                                .count()
                        >= 1);
        assertThat(calls).containsOnly("POST /secret");
        answer = 200;
        await().atMost(30, SECONDS)
                .until(() -> meters.counter("growalert.dead.man.calls", "outcome", "accepted")
                                .count()
                        >= 1);
    }

    @Test
    void without_a_url_nothing_is_called_and_the_heartbeats_are_measured() {
        heartbeats(0, 1);

        var deadMan = start(null, Duration.ofMinutes(1));

        await().until(() -> deadMan.liveness().isPresent());
        assertThat(deadMan.liveness().orElseThrow().isAlive()).isTrue();
        assertThat(meters.get("growalert.dead.man.late.partitions").gauge().value())
                .isZero();
        assertThat(calls).isEmpty();
    }

    @Test
    void before_the_topic_exists_the_chain_is_not_alive() throws Exception {
        try (var kafka = new TestKafka();
                var partitions = new ResultPartitions(KafkaConnection.at(kafka.address()))) {
            assertThat(partitions.count()).isZero();

            new TopicCreator(KafkaConnection.at(kafka.address()), 3).createMissing(List.of(Topics.CHECK_RESULTS));
            assertThat(partitions.count()).isEqualTo(3);
        }
    }

    @Test
    void the_url_is_in_no_text() {
        assertThat(call(DeadManCall.Method.GET)).asString().doesNotContain("secret");
    }

    private DeadManCall call(DeadManCall.Method method) {
        var url = URI.create(
                "http://127.0.0.1:%d/secret".formatted(external.getAddress().getPort()));
        var timeout = Duration.ofSeconds(5);
        return new DeadManCall(DeadManCall.client(timeout), url, method, timeout);
    }

    private DeadManCalls start(@Nullable DeadManCall call, Duration every) {
        var options = new DeadManCalls.Options(KafkaConnection.at(KAFKA.address()), call, every, Duration.ofMinutes(1));
        var deadMan = new DeadManCalls(options, database.jdbc(), meters, () -> delivers);
        started.add(deadMan);
        deadMan.start();
        return deadMan;
    }

    private void heartbeats(int... partitions) {
        for (int partition : partitions) {
            database.jdbc()
                    .sql("insert into dispatcher.heartbeats values (:partition, clock_timestamp(), clock_timestamp())"
                            + " on conflict do nothing")
                    .param("partition", partition)
                    .update();
        }
    }
}
