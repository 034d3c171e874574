package io.growalert.benchmarks.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.benchmarks.process.ShellCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** kcat(1): a foreign client that publishes whatever it likes. */
final class Kcat {
    private final String broker;
    private final Path file;

    /** @param folder for the values, which are too long for a command line */
    Kcat(String broker, Path folder) {
        this.broker = broker;
        this.file = folder.resolve("value");
    }

    static void require() {
        try {
            ShellCommand.output("kcat", "-V");
        } catch (IOException e) {
            throw new IllegalStateException("kcat is needed to publish foreign records: apt-get install kcat", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The partition that Kafka's clients choose for a key. */
    static int partition(String key, int partitions) {
        return BuiltInPartitioner.partitionForKey(key.getBytes(UTF_8), partitions);
    }

    void publish(String topic, int partition, String key, String value) throws IOException, InterruptedException {
        Files.writeString(file, value);
        ShellCommand.output(
                "kcat",
                "-P",
                "-b",
                broker,
                "-t",
                topic,
                "-p",
                String.valueOf(partition),
                "-k",
                key,
                "-X",
                "message.max.bytes=2000000",
                file.toString());
    }

    /** The values under this key in a partition, the earliest first. */
    List<String> values(String topic, int partition, String key) throws IOException, InterruptedException {
        var prefix = key + " ";
        return ShellCommand.output(
                        "kcat",
                        "-C",
                        "-q",
                        "-e",
                        "-b",
                        broker,
                        "-t",
                        topic,
                        "-p",
                        String.valueOf(partition),
                        "-o",
                        "beginning",
                        "-f",
                        "%k %s\n")
                .lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }
}
