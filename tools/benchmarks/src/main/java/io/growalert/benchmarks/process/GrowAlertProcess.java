package io.growalert.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A separate, whole {@code ./growalert up}, as a child process whose cost the kernel counts. */
public final class GrowAlertProcess implements AutoCloseable {
    private final ChildProcess process;
    private final Path data;
    private final Instant startedAt = Instant.now();

    GrowAlertProcess(Process process, Path data) {
        this.process = new ChildProcess(process, () -> postmaster().ifPresent(ProcessHandle::destroy));
        this.data = data;
    }

    /** Starts this checkout's, see {@link Installation#start}. */
    public static GrowAlertProcess start(Path data, PortRange ports, List<String> options) throws IOException {
        return Installation.here().start(data, ports, options);
    }

    public static Path console(Path data) {
        return data.resolve("console.log");
    }

    public Instant startedAt() {
        return startedAt;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL, without a shutdown; its PostgreSQL continues, as after any such death. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** SIGSTOP of the JVM; its PostgreSQL continues. */
    public void freeze() throws IOException, InterruptedException {
        process.freeze();
    }

    public void thaw() throws IOException, InterruptedException {
        process.thaw();
    }

    /** User and system time of the JVM and of its PostgreSQL since they started, in seconds. */
    public double cpuSeconds() {
        return process.cpuSeconds()
                + postgres().mapToDouble(ChildProcess::cpuSeconds).sum();
    }

    /** The same of the JVM alone. */
    public double jvmCpuSeconds() {
        return process.cpuSeconds();
    }

    /** The JVM's part of memory that is shared, and what it has alone, in MiB. */
    public long jvmProportionalMiB() throws IOException {
        return ChildProcess.proportionalMiB(process.handle());
    }

    /** The same of all processes of PostgreSQL. */
    public long postgresProportionalMiB() throws IOException {
        long sum = 0;
        for (var each : postgres().toList()) {
            sum += ChildProcess.proportionalMiB(each);
        }
        return sum;
    }

    /** The CPU time of the JVM's threads so far. */
    public ThreadTimes threadTimes() throws IOException {
        return ThreadTimes.of(process.pid());
    }

    /** Resident memory of the JVM, in MiB. */
    public long residentMiB() throws IOException {
        return process.residentMiB();
    }

    /** The most resident memory that the JVM ever had, in MiB. */
    public long peakResidentMiB() throws IOException {
        return process.peakResidentMiB();
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

    /** SIGTERM as Ctrl-C would, and SIGKILL when it does not end. */
    @Override
    public void close() {
        var left = postmaster();
        process.close();
        left.filter(ProcessHandle::isAlive).ifPresent(ProcessHandle::destroy);
    }
}
