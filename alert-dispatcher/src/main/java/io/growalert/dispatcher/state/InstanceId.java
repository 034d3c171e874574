package io.growalert.dispatcher.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who this instance is, also after a restart: what it left behind is its own then, and its place in a group is free. */
public final class InstanceId {
    private static final String FILE = "instance-id";

    private InstanceId() {}

    /**
     * The id kept in this folder; it is made when there is none.
     *
     * @throws RuntimeException when the folder cannot be written to
     */
    public static String in(Path folder) {
        try {
            Files.createDirectories(folder);
            var file = folder.resolve(FILE);
            if (Files.exists(file)) {
                var id = Files.readString(file).strip();
                if (!id.isEmpty()) {
                    return id;
                }
            }
            var id = UUID.randomUUID().toString();
            Files.writeString(file, id);
            return id;
        } catch (IOException e) {
            throw new Unusable(
                    "growalert.dispatcher.data: the folder %s cannot be written to: %s".formatted(folder, e), e);
        }
    }

    /** The data folder is of no use. */
    public static final class Unusable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unusable(String message, @Nullable IOException cause) {
            super(message, cause);
        }
    }
}
