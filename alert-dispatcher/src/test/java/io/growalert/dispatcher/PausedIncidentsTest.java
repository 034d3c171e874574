package io.growalert.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Entitlement;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Status;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.TestKafka;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Open incidents of monitors whose customer's subscription has ended. */
class PausedIncidentsTest extends DispatcherFixture {
    private static final String CUSTOMER = "cus_PausedIncidentsTest";
    private static final String PAUSED = "\"paused\":\"subscription ended\"";

    @Override
    Map<String, Object> moreSettings() {
        return Map.of("growalert.entitlements.enforce", true);
    }

    @Test
    void say_that_they_are_paused_until_it_is_paid() throws Exception {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var monitor = paid(definition("paused-co2"));
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), Json.write(monitor)));
        result(monitor, now, Status.FAILED, 1003.5);
        await().atMost(30, SECONDS).until(() -> !received(monitor.id()).isEmpty());
        var incident = received(monitor.id()).getFirst().event().incident();
        assertThat(get("/api/alerts").body()).contains(incident).doesNotContain("\"paused\"");

        new TopicCreator(KafkaConnection.at(TestKafka.bootstrapServers()), 2)
                .createMissing(List.of(Topics.ENTITLEMENTS));
        send(new ProducerRecord<>(Topics.ENTITLEMENTS, Entitlement.HEARTBEAT, null));
        entitle(false, now.minus(Duration.ofDays(8)));

        await().atMost(30, SECONDS)
                .untilAsserted(() -> assertThat(get("/api/alerts").body()).contains(PAUSED));
        assertThat(get("/api/incidents?monitor=" + monitor.id()).body()).contains(PAUSED);
        assertThat(get("/api/incidents/" + incident).body()).contains(PAUSED);
        assertThat(get("/actuator/health/entitlements").statusCode()).isEqualTo(200);
        entitle(true, now.plus(Duration.ofDays(30)));

        await().atMost(30, SECONDS)
                .untilAsserted(() ->
                        assertThat(get("/api/alerts").body()).contains(incident).doesNotContain("\"paused\""));
        result(monitor, now.plusSeconds(1), Status.PASSED, 700);
        await().atMost(30, SECONDS).until(() -> received(monitor.id()).size() == 2);
    }

    private void entitle(boolean entitled, Instant until) throws Exception {
        var value = new Entitlement(CUSTOMER, 1, until, entitled ? "active" : "canceled", entitled, until);
        send(new ProducerRecord<>(Topics.ENTITLEMENTS, CUSTOMER, Json.write(value)));
    }

    private static MonitorDefinition paid(MonitorDefinition like) {
        return new MonitorDefinition(
                like.id(),
                like.origin(),
                like.every(),
                like.timeout(),
                like.source(),
                like.language(),
                like.query(),
                like.window(),
                like.fail(),
                like.degraded(),
                like.noData(),
                like.onError(),
                like.alert(),
                like.labels(),
                like.summary(),
                like.maxSeries(),
                like.silentAfter(),
                like.resolve(),
                like.resolveOnAbsence(),
                like.unit(),
                CUSTOMER);
    }
}
