package io.growalert.standalone;

import io.growalert.runtime.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/**
 * Generated secrets: created once, one a line, and stored in a file that only its owner can read.
 *
 * @param areNew whether they were made just now
 */
record Secrets(List<String> lines, boolean areNew) {
    private static final int BYTES = 32;

    Secrets {
        lines = List.copyOf(lines);
    }

    /**
     * The secrets in this file, which is created when it is missing, or when a crash left it empty.
     *
     * @param makers one for each line
     * @throws CannotRun when the file cannot be read or written
     */
    static Secrets in(Path file, List<Supplier<String>> makers) {
        try {
            var lines = Files.readAllLines(file);
            if (lines.size() >= makers.size()) {
                return new Secrets(lines, false);
            }
        } catch (NoSuchFileException e) {
            // the first start
        } catch (IOException e) {
            throw new CannotRun("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
        var made = makers.stream().map(Supplier::get).toList();
        keep(made, file);
        return new Secrets(made, true);
    }

    private static void keep(List<String> lines, Path file) {
        try {
            PrivateFile.write(file, String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new CannotRun("secrets cannot be stored in %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** 32 random bytes. */
    static String random(Base64.Encoder encoder) {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return encoder.encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "Secrets[...]";
    }
}
