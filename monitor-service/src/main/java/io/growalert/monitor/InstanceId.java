package io.growalert.monitor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** The name by which Kafka knows this instance again after a restart. */
record InstanceId(String value) {
    private static final String FILE = "monitor-service.instance-id";

    /**
     * The one kept in this folder; without one it is made up and kept there.
     *
     * @throws UncheckedIOException when the folder cannot be read or written
     */
    static InstanceId in(Path data) {
        var file = data.resolve(FILE);
        try {
            var kept = Files.readString(file).strip();
            // a crash may have left the file and not what was in it
            return kept.isEmpty() ? create(data, file) : new InstanceId(kept);
        } catch (NoSuchFileException e) {
            return create(data, file);
        } catch (IOException e) {
            throw new UncheckedIOException("the instance id in %s cannot be read".formatted(file), e);
        }
    }

    private static InstanceId create(Path data, Path file) {
        var id = new InstanceId("monitor-service-" + UUID.randomUUID());
        try {
            Files.createDirectories(data);
            var draft = Files.createTempFile(data, FILE, null);
            Files.writeString(draft, id.value);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException("the instance id cannot be kept in %s".formatted(data), e);
        }
    }
}
