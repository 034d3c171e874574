package io.growalert.runtime.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Topics;
import io.growalert.testkit.TestKafka;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicCreatorTest {
    private static final List<String> ALL = Stream.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS)
            .flatMap(topic -> Stream.of(topic, Topics.deadLetters(topic)))
            .toList();

    private static final TestKafka BROKER = new TestKafka();
    private static Admin admin;

    @BeforeAll
    static void start() {
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, BROKER.address()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        BROKER.close();
    }

    @AfterEach
    void removeTheTopics() throws Exception {
        admin.deleteTopics(admin.listTopics().names().get()).all().get();
        await().until(() -> admin.listTopics().names().get().isEmpty());
    }

    @Test
    void what_is_missing_is_created_with_its_settings() throws Exception {
        createMissing(5, ALL);

        assertThat(admin.describeTopics(ALL).allTopicNames().get())
                .hasSize(6)
                .allSatisfy((name, topic) -> assertThat(topic.partitions()).hasSize(5));
        var monitors = settings(Topics.MONITORS);
        assertThat(value(monitors, "cleanup.policy")).isEqualTo("compact");
        var results = settings(Topics.CHECK_RESULTS);
        assertThat(value(results, "cleanup.policy")).isEqualTo("delete");
        assertThat(value(results, "retention.ms")).isEqualTo(days(7));
        assertThat(value(results, "message.timestamp.type")).isEqualTo("LogAppendTime");
        var alerts = settings(Topics.ALERTS);
        assertThat(value(alerts, "cleanup.policy")).isEqualTo("delete");
        assertThat(value(alerts, "retention.ms")).isEqualTo(days(90));
        for (var topic : List.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS)) {
            var deadLetters = settings(topic + "-dlt");
            assertThat(value(deadLetters, "cleanup.policy")).isEqualTo("delete");
            assertThat(value(deadLetters, "retention.ms")).isEqualTo(days(30));
        }
    }

    @Test
    void existing_topics_stay_unchanged() throws Exception {
        create(Topics.ALERTS, 2, Map.of("retention.ms", "1000"));

        createMissing(3, ALL);
        createMissing(7, ALL);

        assertThat(partitionsOf(Topics.ALERTS)).isEqualTo(2);
        assertThat(partitionsOf(Topics.MONITORS)).isEqualTo(3);
        assertThat(value(settings(Topics.ALERTS), "retention.ms")).isEqualTo("1000");
    }

    @Test
    void only_the_requested_topics_are_created() throws Exception {
        createMissing(1, Set.of(Topics.ALERTS));

        assertThat(admin.listTopics().names().get()).containsExactly(Topics.ALERTS);
    }

    @Test
    void two_services_may_start_at_once() throws Exception {
        Callable<Boolean> start = () -> {
            createMissing(2, ALL);
            return true;
        };

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var service : threads.invokeAll(List.of(start, start, start))) {
                assertThat(service.get()).isTrue();
            }
        }
    }

    @Test
    void definitions_and_results_must_have_the_same_number_of_partitions() throws Exception {
        create(Topics.MONITORS, 3, Map.of("cleanup.policy", "compact"));

        assertThatIllegalStateException()
                .isThrownBy(() -> createMissing(4, Set.of(Topics.CHECK_RESULTS)))
                .withMessage("growalert.monitors has 3 partitions and growalert.check-results has 4:"
                        + " both must have the same number");
    }

    @Test
    void commands_get_as_many_partitions_as_the_definitions_that_are_there() throws Exception {
        create(Topics.MONITORS, 3, Map.of("cleanup.policy", "compact"));

        createMissing(4, Set.of(Topics.ALERT_COMMANDS, Topics.ALERTS));

        assertThat(partitionsOf(Topics.ALERT_COMMANDS)).isEqualTo(3);
        assertThat(partitionsOf(Topics.ALERTS)).isEqualTo(4);
        assertThat(value(settings(Topics.ALERT_COMMANDS), "message.timestamp.type"))
                .isEqualTo("LogAppendTime");
    }

    @Test
    void definitions_must_be_compacted() throws Exception {
        create(Topics.MONITORS, 1, Map.of());

        assertThatIllegalStateException()
                .isThrownBy(() -> createMissing(1, ALL))
                .withMessage("the topic growalert.monitors has cleanup.policy=delete; it must be compact");
    }

    @Test
    void results_must_bear_the_brokers_time() throws Exception {
        create(Topics.CHECK_RESULTS, 1, Map.of());

        assertThatIllegalStateException()
                .isThrownBy(() -> createMissing(1, ALL))
                .withMessage("the topic growalert.check-results has message.timestamp.type=CreateTime;"
                        + " it must be LogAppendTime");
    }

    @Test
    void a_rejection_by_the_broker_is_thrown_unchanged() {
        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> createMissing(0, ALL))
                .withMessageContaining("partitions");
    }

    private static void createMissing(int partitions, Collection<String> topics) {
        new TopicCreator(KafkaConnection.at(BROKER.address()), partitions).createMissing(topics);
    }

    private static void create(String topic, int partitions, Map<String, String> settings) throws Exception {
        var create = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings);
        admin.createTopics(Set.of(create)).all().get();
        await().until(() -> admin.listTopics().names().get().contains(topic));
    }

    private static int partitionsOf(String topic) throws Exception {
        return admin.describeTopics(Set.of(topic))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get()
                .partitions()
                .size();
    }

    private static Config settings(String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return requireNonNull(
                admin.describeConfigs(Set.of(resource)).all().get().get(resource));
    }

    private static String value(Config config, String setting) {
        return config.get(setting).value();
    }

    private static String days(int days) {
        return String.valueOf(Duration.ofDays(days).toMillis());
    }
}
