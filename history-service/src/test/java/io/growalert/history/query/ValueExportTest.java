package io.growalert.history.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValueExportTest {
    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"})
    void a_label_that_a_spreadsheet_would_run_begins_with_an_apostrophe(String label) {
        assertThat(ValueExport.text(label)).isEqualTo("'" + label);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a=1", "'", "1"})
    void any_other_label_is_as_it_is(String label) {
        assertThat(ValueExport.text(label)).isEqualTo(label);
    }
}
