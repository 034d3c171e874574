package io.growalert.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A whole {@code ./growalert up} of its own, as a child process whose cost the kernel counts. */
final class GrowAlertProcess implements AutoCloseable {
    private static final double TICKS_A_SECOND = 100;

    private final Process process;
    private final Path data;
    private final Instant startedAt = Instant.now();

    /** It does not outlive this process. */
    private final Thread farewell;

    GrowAlertProcess(Process process, Path data) {
        this.process = process;
        this.data = data;
        farewell = new Thread(() -> {
            process.destroyForcibly();
            postmaster().ifPresent(ProcessHandle::destroy);
        });
        Runtime.getRuntime().addShutdownHook(farewell);
    }

    /** Starts this checkout's, see {@link Installation#start}. */
    static GrowAlertProcess start(Path data, Ports ports, List<String> options) throws IOException {
        return Installation.here().start(data, ports, options);
    }

    static Path console(Path data) {
        return data.resolve("console.log");
    }

    Instant startedAt() {
        return startedAt;
    }

    boolean alive() {
        return process.isAlive();
    }

    /** SIGKILL, without a farewell; its PostgreSQL lives on, as after any such death. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGSTOP of the JVM; its PostgreSQL goes on. */
    void freeze() throws IOException, InterruptedException {
        Signal.STOP.send(process.toHandle());
    }

    void thaw() throws IOException, InterruptedException {
        Signal.CONT.send(process.toHandle());
    }

    /** User and system time of the JVM and of its PostgreSQL since they started, in seconds. */
    double cpuSeconds() {
        return Stream.concat(Stream.of(process.toHandle()), postgres())
                .mapToDouble(GrowAlertProcess::cpuSeconds)
                .sum();
    }

    /** Resident memory of the JVM, in MiB. */
    long residentMiB() throws IOException {
        return memoryMiB(process.toHandle(), "VmRSS:");
    }

    /** The most resident memory that the JVM ever had, in MiB. */
    long peakResidentMiB() throws IOException {
        return memoryMiB(process.toHandle(), "VmHWM:");
    }

    /** @param field of proc(5)'s {@code status}, with its colon */
    static long memoryMiB(ProcessHandle handle, String field) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + handle.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .sum();
        }
    }

    private Stream<ProcessHandle> postgres() {
        return postmaster().stream().flatMap(root -> Stream.concat(Stream.of(root), root.descendants()));
    }

    private Optional<ProcessHandle> postmaster() {
        try (var files = Files.find(data, 3, (path, attributes) -> path.endsWith("postmaster.pid"))) {
            return files.findFirst().flatMap(file -> {
                try {
                    return ProcessHandle.of(
                            Long.parseLong(Files.readAllLines(file).getFirst().strip()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** User and system time of a process since it started; 0 when it has ended. */
    static double cpuSeconds(ProcessHandle handle) {
        try {
            var stat = Files.readString(Path.of("/proc/" + handle.pid() + "/stat"));
            // proc(5): after the name in parentheses, utime and stime are the 12th and 13th fields, in clock ticks
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
        } catch (IOException e) {
            return 0; // it ended meanwhile
        }
    }

    /** Asks it to stop as Ctrl-C would, and insists after a while. */
    @Override
    public void close() {
        var left = postmaster();
        process.destroy();
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException _) {
            process.destroyForcibly(); // we are ending ourselves
        }
        left.filter(ProcessHandle::isAlive).ifPresent(ProcessHandle::destroy);
    }
}
