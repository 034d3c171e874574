package io.growalert.monitor.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SourceTypesTest {
    @Test
    void findsTheKindsOfSourcesByTheirKeys() {
        var types = SourceTypes.load();
        assertThat(types.keys()).contains("influx", "postgres");
        assertThat(types.named("influx")).isPresent();
        assertThat(types.named("oracle")).isEmpty();
    }
}
