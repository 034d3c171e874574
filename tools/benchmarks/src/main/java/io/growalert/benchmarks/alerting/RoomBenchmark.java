package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.GrowAlertProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The unmodified room example: how soon it starts, and what it costs. The argument is for how many minutes, 10 if none. */
final class RoomBenchmark {
    private RoomBenchmark() {}

    public static void main(String... args) throws Exception {
        int minutes = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        var ports = PortRange.free();
        var data = Files.createTempDirectory("growalert-room").resolve("data");
        try (var standalone = GrowAlertProcess.start(data, ports, List.of())) {
            Await.until(Duration.ofSeconds(90), () -> says(data, "FIRING"));
            Report.print(
                    "first alert on the console after %.1f s".formatted(since(standalone.startedAt(), Instant.now())));
            var ends = new ArrayList<Instant>();
            for (var entry : TopicRecords.all(TopicRecords.results(ports.broker()))) {
                ends.add(entry.value().startedAt().plusMillis(entry.value().durationMs()));
            }
            Report.print("first result after %.1f s".formatted(since(standalone.startedAt(), Collections.min(ends))));
            TimeUnit.MINUTES.sleep(minutes);
            Report.print("after %d minutes: resident %d MiB (most: %d MiB), %.1f CPU-seconds"
                    .formatted(
                            minutes, standalone.residentMiB(), standalone.peakResidentMiB(), standalone.cpuSeconds()));
        }
    }

    private static boolean says(Path data, String words) {
        try {
            return Files.readString(GrowAlertProcess.console(data)).contains(words);
        } catch (IOException e) {
            return false;
        }
    }

    private static double since(Instant start, Instant moment) {
        return Duration.between(start, moment).toMillis() / 1000.0;
    }
}
