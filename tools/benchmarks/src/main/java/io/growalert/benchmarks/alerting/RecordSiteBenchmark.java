package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.Installation;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Records a site of another version for the test of upgrades: its definitions, the rows of its database, its broker's folder and the
 * sandbox's journal. The arguments are the other version's checkout and the folder to write to.
 */
final class RecordSiteBenchmark {
    private static final int OPEN = 2;

    private RecordSiteBenchmark() {}

    public static void main(String... args) throws Exception {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: benchmarks/run RecordSite CHECKOUT FOLDER");
        }
        var target = Files.createDirectories(Path.of(args[1]));
        try (var scratch = ScratchFolder.make("growalert-record");
                var values = SourceValues.start(scratch.resolve("values"));
                var sink = new WebhookSink()) {
            var site = new UpgradeSite(scratch, values, sink, PortRange.free(0), PortRange.free());
            var definitions = site.write(OPEN);
            var data = scratch.resolve("data");
            try (var _ = Installation.in(args[0])
                    .with(PreviousRun.environment(site))
                    .start(data, site.ports(), List.of("--config", definitions))) {
                PreviousRun.awaitStart(site, OPEN);
                new UpgradeCustomers(site).leave();
                PreviousRun.leave(site, OPEN);
            }
            Files.copy(Path.of(definitions), target.resolve("definitions.yaml"), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(
                    data.resolve("services/billing-service/sandbox.journal"),
                    target.resolve("sandbox.journal"),
                    StandardCopyOption.REPLACE_EXISTING);
            zip(data.resolve("kafka"), target.resolve("kafka.zip"));
            dump(scratch, target.resolve("database.jsonl"));
        }
        Report.print("recorded in " + target);
        System.exit(0);
    }

    private static void dump(ScratchFolder scratch, Path file) throws Exception {
        var server = Files.createDirectories(scratch.resolve("server"));
        Files.move(scratch.resolve("data").resolve("postgres"), server.resolve("data"));
        try (var postgres = PostgresProcess.start(server, PortRange.free(0));
                var connection = postgres.connect("postgres")) {
            Files.write(file, new SchemaDump(connection).lines(List.of("dispatcher", "billing", "history")));
        }
    }

    private static void zip(Path folder, Path file) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(file));
                var files = Files.walk(folder)) {
            for (var each : files.filter(Files::isRegularFile).sorted().toList()) {
                zip.putNextEntry(new ZipEntry(folder.relativize(each).toString()));
                Files.copy(each, zip);
                zip.closeEntry();
            }
        }
    }
}
