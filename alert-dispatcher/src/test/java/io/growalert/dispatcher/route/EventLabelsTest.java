package io.growalert.dispatcher.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.growalert.dispatcher.AlertEvents;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLabelsTest {
    @Test
    void series_win_over_monitor_labels_and_monitor_and_status_over_both() {
        var event = AlertEvents.of("co2")
                .withSeries(Map.of("site", "south", "room", "a", "status", "odd"))
                .firing(0);

        assertThat(EventLabels.of(event))
                .containsOnly(
                        entry("site", "south"), entry("room", "a"), entry("monitor", "co2"), entry("status", "FAILED"));
    }

    @Test
    void labels_are_read_from_text_with_commas_and_equals_signs_in_values() {
        assertThat(EventLabels.parse(" site = north ,note=a, b and c=d,x="))
                .containsExactly(entry("site", "north"), entry("note", "a, b and c=d"), entry("x", ""));
        assertThat(EventLabels.parse(" ")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "site               | 'site': expected labels such as site=north,room=north-1",
                "=a                 | '': expected a label",
                "si te=a            | 'si te': expected a label",
                "a=1,a=2            | the label a is there twice"
            })
    void a_text_of_another_form_is_rejected(String text, String message) {
        assertThatThrownBy(() -> EventLabels.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
