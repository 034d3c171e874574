package io.growalert.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data folder of a new PostgreSQL. initdb creates it in a separate folder, which gets the name when it is complete: a start
 * that is interrupted leaves none.
 */
final class InitialDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(InitialDatabase.class);

    /** Of drafts. Each start has its own, as the initdb of a killed start may still write the previous one. */
    private static final String DRAFT = ".new-";

    /** What a start of an earlier version left incomplete: moved, not deleted. */
    private static final String INCOMPLETE = ".incomplete";

    /** The last thing that initdb creates is the database {@code postgres}, which has this id from PostgreSQL 15 on. */
    private static final String LAST = "base/5";

    private static final String DATABASES = "base";
    private static final Set<String> TEMPLATES = Set.of("1", "4");

    private static final int FIXED_ID_FROM = 15;

    /** Without it the library would initialize the folder again. */
    private static final String CONFIGURATION = "postgresql.conf";

    private InitialDatabase() {}

    /** @throws CannotRun when it cannot be created */
    static void createIfMissing(Path folder, PostgresPrograms programs) {
        try {
            if (isInitialized(folder)) {
                return;
            }
            Files.createDirectories(folder.toAbsolutePath().getParent());
            moveIncomplete(folder);
            // a link may lead to another file system, to which a draft beside the link cannot be moved
            var target = Files.exists(folder) ? folder.toRealPath() : folder.toAbsolutePath();
            requireNoMountPoint(target);
            deleteDrafts(target);
            var draft = Files.createTempDirectory(target.getParent(), target.getFileName() + DRAFT);
            try {
                initialize(draft, programs);
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(draft);
            }
        } catch (IOException e) {
            throw new CannotRun("PostgreSQL's folder %s cannot be created: %s".formatted(folder, e), e);
        }
    }

    private static void requireNoMountPoint(Path folder) throws IOException {
        var parent = folder.getParent();
        if (Files.exists(folder) && !Files.getFileStore(folder).equals(Files.getFileStore(parent))) {
            throw new CannotRun(
                    "PostgreSQL's folder %s is an empty mount point; mount the data folder instead".formatted(folder));
        }
    }

    private static boolean isInitialized(Path folder) throws IOException {
        var file = folder.resolve("PG_VERSION");
        var version = Files.exists(file) ? Files.readString(file).strip() : "";
        boolean isInitialized = version.matches("[0-9]{1,3}")
                && (Integer.parseInt(version) < FIXED_ID_FROM || Files.exists(folder.resolve(LAST)));
        if (isInitialized) {
            require(folder, Files.exists(folder.resolve(CONFIGURATION)), CONFIGURATION);
        } else {
            require(folder, hasOnlyTemplates(folder), "valid PG_VERSION, or no database postgres");
        }
        return isInitialized;
    }

    /** What initdb creates before the last database; anything else is damage, and not an interrupted start. */
    private static boolean hasOnlyTemplates(Path folder) throws IOException {
        if (!Files.isDirectory(folder.resolve(DATABASES))) {
            return true;
        }
        try (var databases = Files.list(folder.resolve(DATABASES))) {
            return databases.map(database -> database.getFileName().toString()).allMatch(TEMPLATES::contains);
        }
    }

    private static void require(Path folder, boolean isComplete, String file) {
        if (!isComplete) {
            throw new CannotRun("PostgreSQL's folder %s has no %s: restore the backup".formatted(folder, file));
        }
    }

    private static void moveIncomplete(Path folder) throws IOException {
        if (isMissingOrEmpty(folder)) {
            return;
        }
        var moved = folder.resolveSibling(folder.getFileName() + INCOMPLETE);
        Folders.delete(moved);
        Files.move(folder, moved);
        LOG.atWarn()
                .addKeyValue("folder", moved)
                .log("Incomplete PostgreSQL folder of an interrupted start moved; initializing a new one");
    }

    private static boolean isMissingOrEmpty(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return true;
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        try (var files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private static void deleteDrafts(Path folder) throws IOException {
        try (var drafts = Files.newDirectoryStream(folder.getParent(), folder.getFileName() + DRAFT + "*")) {
            drafts.forEach(InitialDatabase::delete);
        }
    }

    private static void delete(Path draft) {
        try {
            Folders.delete(draft);
        } catch (IOException e) {
            LOG.atInfo().addKeyValue("folder", draft).log("Deleting a draft failed; the next first start deletes it");
        }
    }

    private static void initialize(Path draft, PostgresPrograms programs) throws IOException {
        var command = programs.command("initdb");
        command.addAll(List.of(
                "-A", "trust", "-U", EmbeddedDatabase.USER, "-D", draft.toString(), "-E", "UTF-8", "--locale=C.UTF-8"));
        var initdb = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var output = initdb.inputReader().readAllAsString();
            if (initdb.waitFor() != 0) {
                throw new CannotRun("PostgreSQL cannot be initialized in %s: %s".formatted(draft, errors(output)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRun("interrupted while initializing PostgreSQL", e);
        } finally {
            initdb.destroy();
        }
    }

    private static String errors(String output) {
        var errors = output.lines()
                .filter(line -> line.contains("error:") || line.contains("FATAL:") || line.contains("PANIC:"))
                .collect(Collectors.joining("; "));
        return errors.isEmpty() ? output : errors;
    }
}
