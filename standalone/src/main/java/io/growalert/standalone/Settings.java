package io.growalert.standalone;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code growalert up} was told.
 *
 * @param files definition files; none for the room example
 * @param httpPort of the dispatcher; the monitor-service has the next one
 * @param kafka bootstrap servers of a foreign Kafka, empty for the embedded one
 * @param postgres a foreign database, empty for the embedded one
 * @param prune whether the files may remove most of the monitors
 */
record Settings(
        List<Path> files,
        int httpPort,
        int kafkaPort,
        int postgresPort,
        Optional<String> kafka,
        Optional<PostgresTarget> postgres,
        boolean prune) {
    Settings {
        files = List.copyOf(files);
    }

    boolean isExample() {
        return files.isEmpty();
    }

    int monitorsHttpPort() {
        return httpPort + 1;
    }
}
