package io.growalert.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IdsTest {
    private static final Instant SLOT = Instant.parse("2026-11-24T07:00:30Z");

    /** Ids are on topics and in receivers' hands: they must never change. Computed apart from this code, in Python. */
    @Test
    void ids_are_these_forever() {
        var alert = Ids.alert("room-co2", Map.of("room", "r1"));
        var incident = Ids.incident(alert, SLOT);
        var event = Ids.event(incident, AlertEvent.Type.FIRING, SLOT);

        assertThat(alert).isEqualTo("wjluaezyxqogt7a6nilwmpsyka");
        assertThat(incident).isEqualTo("cjmc2koau573vzltiegaxwswfm");
        assertThat(event).isEqualTo("5kvy3bdwmhvaaokopp7nojuewe");
        assertThat(Ids.delivery(event, "ops")).isEqualTo("ih352ktnpouv5gdivtlz774nqa");
        assertThat(Ids.alert("room-co2")).isEqualTo("og6wx6bum2nxesuwrxoa6aboia");
        assertThat(Ids.alert("room-co2", Map.of())).isEqualTo("sq3566ut3hslkh7i7ylqwesdh4");
    }

    @Test
    void the_order_of_labels_does_not_matter() {
        var oneWay = new LinkedHashMap<String, String>();
        oneWay.put("room", "r1");
        oneWay.put("bench", "2");
        var theOther = new LinkedHashMap<String, String>();
        theOther.put("bench", "2");
        theOther.put("room", "r1");

        assertThat(Ids.alert("m", oneWay)).isEqualTo(Ids.alert("m", theOther));
    }

    @Test
    void no_two_things_share_an_id() {
        var ids = Stream.of(
                        Ids.alert("m"),
                        Ids.alert("m", Map.of()),
                        Ids.alert("", Map.of()),
                        Ids.alert(""),
                        Ids.alert("m", Map.of("", "")),
                        Ids.alert("m", Map.of("a", "b")),
                        Ids.alert("m", Map.of("ab", "")),
                        Ids.alert("m", Map.of("", "ab")),
                        Ids.alert("ma", Map.of("", "b")),
                        Ids.alert("m", Map.of("a", "b", "c", "d")),
                        Ids.alert("m", Map.of("a", "bcd")),
                        Ids.alert("m", Map.of("abc", "d")),
                        Ids.alert("m", Map.of("a", "b\u0000\u0000\u0000\u0001c")),
                        Ids.incident("a", SLOT),
                        Ids.incident("a", SLOT.plusNanos(1)),
                        Ids.incident("b", SLOT),
                        Ids.event("a", AlertEvent.Type.FIRING, SLOT),
                        Ids.event("a", AlertEvent.Type.REMINDER, SLOT),
                        Ids.event("a", AlertEvent.Type.RESOLVED, SLOT),
                        Ids.event("a", AlertEvent.Type.RESOLVED, SLOT.plusSeconds(1)),
                        Ids.delivery("a", "b"),
                        Ids.delivery("ab", ""),
                        Ids.delivery("", "ab"))
                .toList();

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z2-7]{26}"));
    }

    @Test
    void one_instant_is_one_id_however_it_was_written() {
        var later = Instant.parse("2026-11-24T08:00:30.000+01:00");

        assertThat(Ids.incident("a", later)).isEqualTo(Ids.incident("a", SLOT));
    }
}
