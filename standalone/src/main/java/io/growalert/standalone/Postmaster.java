package io.growalert.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL's main process over a data folder. It survives a JVM that was killed, and then still occupies folder and port. */
record Postmaster(ProcessHandle process) {
    private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);
    private static final int FAST_SECONDS = 8;
    private static final int IMMEDIATE_SECONDS = 4;

    /**
     * The one that runs over this folder, by its {@code postmaster.pid}. A process that has the same id by chance,
     * after a restart of the machine, does not count.
     */
    static Optional<Postmaster> over(Path folder) {
        try {
            var lines = Files.readAllLines(folder.resolve("postmaster.pid"));
            if (lines.size() < 2 || !isSame(Path.of(lines.get(1)), folder)) {
                return Optional.empty();
            }
            return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                    .filter(process -> runsOver(process, folder))
                    .map(Postmaster::new);
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new CannotRun("%s cannot be read: %s".formatted(folder.resolve("postmaster.pid"), e.getMessage()), e);
        }
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        return Files.exists(one) && Files.isSameFile(one, other);
    }

    private static boolean runsOver(ProcessHandle process, Path folder) {
        var info = process.info();
        boolean isPostgres = info.command()
                .map(command -> Path.of(command).endsWith("postgres"))
                .orElse(false);
        boolean namesFolder =
                info.commandLine().map(line -> line.contains(folder.toString())).orElse(false);
        return isPostgres && namesFolder;
    }

    /**
     * Stops it without waiting for its clients, and waits for its end.
     *
     * @throws CannotRun when it does not go
     */
    void stop() {
        LOG.atInfo().addKeyValue("pid", process.pid()).log("Stopping a PostgreSQL that was left running");
        signal("INT"); // "fast": SIGTERM would wait for foreign clients
        if (isGoneWithin(FAST_SECONDS)) {
            return;
        }
        signal("QUIT");
        if (!isGoneWithin(IMMEDIATE_SECONDS)) {
            throw new CannotRun("the PostgreSQL of an earlier run does not stop: end process %d, then start again"
                    .formatted(process.pid()));
        }
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isGoneWithin(int seconds) {
        try {
            process.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return !process.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
