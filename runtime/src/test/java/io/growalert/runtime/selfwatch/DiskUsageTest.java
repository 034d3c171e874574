package io.growalert.runtime.selfwatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.Status;
import io.growalert.events.SystemMonitor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUsageTest {
    @Test
    void a_disk_above_85_percent_is_a_problem() {
        assertThat(DiskUsage.series("a", 85).status()).isEqualTo(Status.PASSED);
        assertThat(DiskUsage.series("a", 85.1))
                .returns(Status.FAILED, series -> series.status())
                .returns("disk of the data folder above 85 %", series -> series.reason());
    }

    @Test
    void the_disk_of_a_folder_is_measured(@TempDir Path folder) throws Exception {
        var series = DiskUsage.of(SystemMonitor.MONITOR_DISK, "a", folder)
                .measurement()
                .read();

        assertThat(series).hasSize(1);
        assertThat(series.getFirst().value()).isBetween(0.0, 100.0);
        assertThat(series.getFirst().labels()).containsEntry("instance", "a");
    }
}
