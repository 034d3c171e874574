package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.core.message.Encoding;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class CloudEventTest {
    private static final byte[] VALUE = {1, 2, 3};
    private static final Instant TIME = Instant.parse("2026-11-24T07:00:30.004Z");
    private static final CloudEvent EVENT =
            new CloudEvent("room-co2/1", "/growalert/monitor-service", CloudEvent.CHECK_RESULT, "room-co2", TIME);

    @Test
    void the_cloud_events_library_reads_our_headers() {
        var value = "{}".getBytes(UTF_8);

        var reader = KafkaMessageFactory.createReader(EVENT.headers(), value);

        assertThat(reader.getEncoding()).isEqualTo(Encoding.BINARY);
        var event = reader.toEvent();
        assertThat(event.getId()).isEqualTo("room-co2/1");
        assertThat(event.getSource()).isEqualTo(URI.create("/growalert/monitor-service"));
        assertThat(event.getType()).isEqualTo("io.growalert.check.result");
        assertThat(event.getSubject()).isEqualTo("room-co2");
        assertThat(event.getTime()).isEqualTo(TIME.atOffset(ZoneOffset.UTC));
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(requireNonNull(event.getData()).toBytes()).isEqualTo(value);
        assertThat(event.getExtensionNames()).isEmpty();
    }

    @Test
    void the_headers_match_the_contract() {
        var headers = Docs.JSON.createObjectNode();
        EVENT.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        var schema = Docs.asyncApi().at("/components/schemas/cloudEventHeaders");

        assertThat(Docs.errors(Docs.closed(schema), headers)).isEmpty();
        assertThat(headers.propertyNames())
                .containsExactlyInAnyOrderElementsOf(schema.path("required")
                        .valueStream()
                        .map(name -> name.asString())
                        .toList());
    }

    @Test
    void a_dead_letter_has_the_records_headers_and_its_position() {
        var headers = EVENT.headers();

        var first = new DeadLetter("growalert.alerts", 1, 2, "first").of(null, null, headers);
        var letter = new DeadLetter(Topics.CHECK_RESULTS, 3, 42, "no JSON").of(null, VALUE, first.headers());

        var json = Docs.JSON.createObjectNode();
        letter.headers().forEach(header -> json.put(header.key(), new String(header.value(), UTF_8)));
        assertThat(json.path("dlt_topic").asString()).isEqualTo("growalert.check-results");
        assertThat(json.path("dlt_partition").asString()).isEqualTo("3");
        assertThat(json.path("dlt_offset").asString()).isEqualTo("42");
        assertThat(json.path("dlt_reason").asString()).isEqualTo("no JSON");
        assertThat(letter.headers().toArray()).hasSize(11);
        assertThat(letter.value()).isEqualTo(VALUE);
        assertThat(Docs.errors(Docs.asyncApi().at("/components/schemas/deadLetterHeaders"), json))
                .isEmpty();
    }

    @Test
    void a_dead_letter_that_would_not_fit_is_a_stub() {
        var headers = EVENT.headers().add("huge", new byte[900_000]);
        var value = new byte[1_048_400];

        var letter = new DeadLetter(Topics.ALERTS, 3, 42, "x".repeat(5_000)).of(new byte[500_000], value, headers);

        var json = Docs.JSON.createObjectNode();
        letter.headers().forEach(header -> json.put(header.key(), new String(header.value(), UTF_8)));
        assertThat(letter.key()).hasSize(1_024);
        assertThat(letter.value()).hasSize(1_024);
        assertThat(json.path("dlt_size").asString()).isEqualTo("1048400");
        assertThat(json.path("dlt_reason").asString()).hasSize(1_000);
        assertThat(json.path("ce_id").asString()).isEqualTo(EVENT.id());
        assertThat(json.has("huge")).isFalse();
        assertThat(Limits.recordBytes(letter.key(), letter.value(), letter.headers()))
                .isLessThan(10_000);
        assertThat(Docs.errors(Docs.asyncApi().at("/components/schemas/deadLetterHeaders"), json))
                .isEmpty();
    }
}
