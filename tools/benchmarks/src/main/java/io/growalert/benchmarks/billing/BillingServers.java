package io.growalert.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;

/** What billing stands on: a PostgreSQL and a Kafka of our own over a temporary folder. */
record Backing(Path folder, PostgresProcess postgres, KafkaProcess kafka) implements AutoCloseable {

    static Backing start() throws IOException, SQLException, InterruptedException {
        var folder = Scratch.make("growalert-billing").folder();
        var postgres = PostgresProcess.start(folder.resolve("postgres"), Ports.free(0));
        try {
            return new Backing(
                    folder, postgres, KafkaProcess.start(folder.resolve("kafka"), Ports.free(0), Ports.free(0)));
        } catch (IOException | InterruptedException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Starts an instance of billing over this database, which exists, and returns at once. */
    ServiceProcess billing(String name, int port, String database, URI stripe) throws IOException {
        return Billing.start(
                folder.resolve(name + ".log"), port, postgres.url(database), kafka.bootstrapServers(), stripe);
    }

    /** Stops both and deletes what they kept; the consoles of what failed are to be read before. */
    @Override
    public void close() throws IOException {
        kafka.close();
        postgres.close();
        new Scratch(folder).close();
    }
}
