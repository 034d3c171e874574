package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.process.KafkaProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.process.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;

/** The servers that billing needs: a separate PostgreSQL and Kafka over a temporary folder. */
public record BillingServers(Path folder, PostgresProcess postgres, KafkaProcess kafka) implements AutoCloseable {

    public static BillingServers start() throws IOException, SQLException, InterruptedException {
        var folder = ScratchFolder.make("growalert-billing").folder();
        var postgres = PostgresProcess.start(folder.resolve("postgres"), PortRange.free(0));
        try {
            return new BillingServers(
                    folder,
                    postgres,
                    KafkaProcess.start(folder.resolve("kafka"), PortRange.free(0), PortRange.free(0)));
        } catch (IOException | InterruptedException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Starts an instance of billing over this database, which exists, and returns at once. */
    public ServiceProcess billing(String name, int port, String database, URI stripe) throws IOException {
        return BillingInstance.start(
                folder.resolve(name + ".log"), port, postgres.url(database), kafka.bootstrapServers(), stripe);
    }

    /** Stops both and deletes what they stored; the consoles of what failed are to be read before. */
    @Override
    public void close() throws IOException {
        kafka.close();
        postgres.close();
        new ScratchFolder(folder).close();
    }
}
