package io.growalert.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * Secrets that nobody needs to choose, made at the first start and kept: a new one would end every customer's session, or
 * refuse what the sandbox has yet to tell.
 *
 * @param cookie signs the customers' cookies, 32 random bytes in base64
 * @param webhook signs what the sandbox tells
 */
record BillingKeys(String cookie, String webhook) {
    private static final int BYTES = 32;

    /** The ones kept in this file, which only its owner can read. */
    static BillingKeys in(Path file) {
        try {
            var lines = Files.readAllLines(file);
            if (lines.size() >= 2) {
                return new BillingKeys(lines.get(0), lines.get(1));
            }
            // a crash left the file and not what was in it
        } catch (NoSuchFileException e) {
            // the first start
        } catch (IOException e) {
            throw new CannotRun("the keys in %s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
        return made(file);
    }

    private static BillingKeys made(Path file) {
        var keys = new BillingKeys(random(), "whsec_" + random());
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            var draft = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(draft);
            create(draft);
            Files.write(draft, List.of(keys.cookie, keys.webhook));
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            return keys;
        } catch (IOException e) {
            throw new CannotRun("the keys cannot be kept in %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static void create(Path file) throws IOException {
        if (Files.getFileStore(file.toAbsolutePath().getParent())
                .supportsFileAttributeView(PosixFileAttributeView.class)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
    }

    private static String random() {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "BillingKeys[...]";
    }
}
