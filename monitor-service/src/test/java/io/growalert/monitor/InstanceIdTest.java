package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceIdTest {
    @TempDir
    private Path data;

    @Test
    void it_is_made_up_once_and_kept() {
        var first = InstanceId.in(data);

        assertThat(InstanceId.in(data)).isEqualTo(first);
    }

    @Test
    void an_empty_file_is_replaced() throws Exception {
        Files.writeString(data.resolve("monitor-service.instance-id"), "\n");

        var id = InstanceId.in(data);

        assertThat(id.value()).startsWith("monitor-service-");
        assertThat(InstanceId.in(data)).isEqualTo(id);
    }
}
