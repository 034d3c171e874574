package io.growalert.runtime.selfwatch;

import io.growalert.events.SeriesResult;
import io.growalert.events.SystemMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How full the disk of a folder is. */
public final class DiskUsage {
    /** From this on it is a problem, in percent. */
    static final double LIMIT = 85;

    private DiskUsage() {}

    public static SystemFact of(SystemMonitor monitor, String instance, Path folder) {
        return new SystemFact(monitor, () -> List.of(series(instance, percent(folder))));
    }

    private static double percent(Path folder) throws IOException {
        var disk = Files.getFileStore(folder);
        double total = disk.getTotalSpace();
        return total <= 0 ? 0 : Math.round((total - disk.getUsableSpace()) / total * 1_000) / 10.0;
    }

    static SeriesResult series(String instance, double percent) {
        var labels = Map.of("instance", instance);
        return percent > LIMIT
                ? SystemFact.failed(labels, percent, "disk of the data folder above %.0f %%".formatted(LIMIT))
                : SystemFact.passed(labels, percent);
    }
}
