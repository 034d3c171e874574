package io.growalert.billing.mail;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mails as files, in place of a mail server. Only their owner can read files and folder, since a mail signs a customer in. Each new
 * mail deletes those older than a day, and the oldest above 1,000; files of other names remain.
 */
final class MailFolder {
    private static final Logger LOG = LoggerFactory.getLogger(MailFolder.class);
    static final int MOST = 1_000;
    private static final Duration RETENTION = Duration.ofDays(1);
    /** In UTC with milliseconds, so that names sort by time. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private static final String UNFINISHED = ".new";
    private static final Pattern OURS = Pattern.compile("\\d{8}T\\d{9}Z-[A-Za-z0-9_-]+\\.eml(\\.new)?");

    private final Path folder;
    private final boolean hasPermissions;

    private MailFolder(Path folder, boolean hasPermissions) {
        this.folder = folder;
        this.hasPermissions = hasPermissions;
    }

    interface Content {
        void writeTo(OutputStream out) throws IOException, MessagingException;
    }

    /**
     * The folder, which is created if it does not exist.
     *
     * @throws IllegalArgumentException when it is not writable
     */
    static MailFolder in(Path path) {
        var folder = path.toAbsolutePath().normalize();
        try {
            boolean isNew = !Files.exists(folder);
            Files.createDirectories(folder);
            boolean hasPermissions = Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class);
            if (isNew && hasPermissions) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
                throw cannotWrite(folder, "no write access");
            }
            return new MailFolder(folder, hasPermissions);
        } catch (IOException e) {
            throw cannotWrite(folder, e.getClass().getSimpleName());
        }
    }

    private static IllegalArgumentException cannotWrite(Path folder, String reason) {
        return new IllegalArgumentException(
                "customer.mail.folder: cannot write to the folder %s (%s)".formatted(folder, reason));
    }

    /** Writes atomically: after a crash the mail is complete or absent. */
    synchronized void write(Content content) throws IOException, MessagingException {
        var file = folder.resolve("%s-%s.eml".formatted(TIME.format(Instant.now()), UUID.randomUUID()));
        var unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try (var channel = Files.newByteChannel(
                        unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), forOwner());
                var out = Channels.newOutputStream(channel)) {
            content.writeTo(out);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        deleteOld();
    }

    private FileAttribute<?>[] forOwner() {
        return hasPermissions
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** The mail that was written counts, whatever becomes of older ones. */
    private void deleteOld() {
        var oldest = FileTime.from(Instant.now().minus(RETENTION));
        @Nullable Exception failure = null;
        try (var files = Files.list(folder)) {
            var newestFirst = files.filter(
                            file -> OURS.matcher(file.getFileName().toString()).matches())
                    .sorted(Comparator.reverseOrder())
                    .toList();
            int retained = 0;
            for (var file : newestFirst) {
                try {
                    if (retained == MOST || Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
                        Files.deleteIfExists(file);
                    } else {
                        retained++;
                    }
                } catch (NoSuchFileException _) {
                    // another program deleted it meanwhile
                } catch (IOException e) {
                    failure = e;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            failure = e;
        }
        if (failure != null) {
            LOG.atWarn().setCause(failure).log("Deleting old mail files failed; retrying with the next mail");
        }
    }
}
