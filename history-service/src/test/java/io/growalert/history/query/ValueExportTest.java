package io.growalert.history.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueExportTest {
    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\n=1+1", " =1+1"})
    void a_label_that_a_spreadsheet_would_run_begins_with_an_apostrophe(String label) {
        assertThat(ValueExport.text(label)).isEqualTo("'" + label);
    }

    @Test
    void a_label_named_as_another_column_has_a_column_of_its_own() {
        var names = Set.of("room", "slot", "value", "label.value");

        assertThat(names.stream().map(name -> ValueExport.column(name, names)))
                .containsExactlyInAnyOrder("room", "label.slot", "label.label.value", "label.value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a=1", "'", "1"})
    void any_other_label_is_as_it_is(String label) {
        assertThat(ValueExport.text(label)).isEqualTo(label);
    }
}
