package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.process.PostgresProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * PostgreSQL's own benchmark, doing what the endpoint of webhooks must: one event, one durable insert, into a table of the
 * same layout.
 */
final class Pgbench {
    private static final String INSERT = """
            \\set id random(1, 9223372036854775806)
            insert into pgbench.stripe_events (id, type, created, object, customer, payload, state, done_at)
            values ('evt_' || :id, 'invoice.updated', now(), 'in_' || :id, 'cus_' || :id, :payload, 'received', null)
            on conflict do nothing;
            """;

    private final PostgresProcess postgres;
    private final String database;
    private final List<String> options = new ArrayList<>();

    /** @param payloads each is inserted as often as any other */
    Pgbench(PostgresProcess postgres, String database, Path folder, List<String> payloads)
            throws IOException, SQLException {
        this.postgres = postgres;
        this.database = database;
        try (var connection = postgres.connect(database);
                var statement = connection.createStatement()) {
            statement.execute("create schema pgbench");
            statement.execute("create table pgbench.stripe_events (like billing.stripe_events including all)");
        }
        for (int i = 0; i < payloads.size(); i++) {
            var script = folder.resolve("insert-%d.sql".formatted(i));
            Files.writeString(script, INSERT.replace(":payload", ":payload" + i));
            options.add("--file=" + script);
            options.add("--define=payload%d=%s".formatted(i, payloads.get(i)));
        }
    }

    static boolean isHere() throws InterruptedException {
        try {
            return new ProcessBuilder("pgbench", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Inserts for that many seconds over that many connections; gives how many rows a second. */
    double run(int connections, int seconds) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("pgbench", "--no-vacuum", "--protocol=prepared", "--jobs=2"));
        command.addAll(List.of("--client=" + connections, "--time=" + seconds));
        command.addAll(options);
        command.addAll(List.of("-h", "127.0.0.1", "-p", String.valueOf(postgres.port()), "-U", "postgres", database));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(60, TimeUnit.SECONDS);
        return output.lines()
                .filter(line -> line.startsWith("tps = "))
                .mapToDouble(line -> Double.parseDouble(line.substring(6).replaceAll(" .*", "")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("pgbench says: " + output));
    }
}
