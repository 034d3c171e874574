package io.growalert.monitor.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SourceTypesTest {
    @Test
    void finds_the_kinds_of_sources_by_their_keys() {
        var types = SourceTypes.load();
        assertThat(types.keys()).contains("influx", "postgres");
        assertThat(types.named("influx")).isPresent();
        assertThat(types.named("oracle")).isEmpty();
    }
}
