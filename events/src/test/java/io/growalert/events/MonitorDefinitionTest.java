package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorDefinitionTest {
    private static final String EARLIER = """
            {"id":"room-co2","origin":"default","every":"PT30S","timeout":"PT5S","source":"farm-db","query":"SELECT 1",\
            "fail":{"above":1000.0},"noData":"ignore","onError":"fail","alert":{"after":1,"resolveAfter":1,\
            "forgetAfter":"PT24H","receivers":[]},"labels":{}}""";

    private static MonitorDefinition with(String fields) {
        return Json.read(EARLIER.replaceFirst("}$", fields + "}").getBytes(UTF_8), MonitorDefinition.class);
    }

    @Test
    void a_definition_of_an_earlier_version_is_read_and_written_as_it_was() {
        var definition = with("");

        assertThat(definition.resolve()).isNull();
        assertThat(definition.absencePasses()).isFalse();
        assertThat(new String(Json.write(definition), UTF_8)).isEqualTo(EARLIER);
    }

    @Test
    void false_is_the_same_as_absent() {
        assertThat(with(",\"resolveOnAbsence\":false")).isEqualTo(with(""));
    }

    @ParameterizedTest
    @CsvSource({"ignore, true", "degraded, false", "fail, false"})
    void absence_passes_with_no_data_ignored_only(String noData, boolean passes) {
        var json = EARLIER.replace("\"ignore\"", "\"%s\"".formatted(noData))
                .replaceFirst("}$", ",\"resolveOnAbsence\":true}");

        assertThat(Json.read(json.getBytes(UTF_8), MonitorDefinition.class).absencePasses())
                .isEqualTo(passes);
    }

    @Test
    void a_customer_is_an_id_of_stripe_and_the_refusal_does_not_show_it() {
        assertThat(with(",\"customer\":\"cus_Na6dX7aXxi11N4\"").customer()).isEqualTo("cus_Na6dX7aXxi11N4");
        assertThatExceptionOfType(UnreadableValue.class)
                .isThrownBy(() -> with(",\"customer\":\"anna@example.com\""))
                .withMessageContaining("customer must match cus_")
                .withMessageNotContaining("anna");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a unit that has more than 32 letters"})
    void a_unit_has_from_1_to_32_characters(String unit) {
        assertThatExceptionOfType(UnreadableValue.class)
                .isThrownBy(() -> with(",\"unit\":\"%s\"".formatted(unit)))
                .withMessageContaining("unit must have from 1 to 32 characters");
    }
}
