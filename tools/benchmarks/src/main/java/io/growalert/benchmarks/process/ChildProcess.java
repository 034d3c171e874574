package io.growalert.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A child process: its signals, what it costs as the kernel counts it, and its end. It does not outlive this process. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(45);
    private static final double TICKS_A_SECOND = 100;

    private final Process process;
    private final Thread shutdownHook;

    public ChildProcess(Process process) {
        this(process, () -> {});
    }

    /** @param alsoAtExit what else must end when this process ends before the child was closed */
    public ChildProcess(Process process, Runnable alsoAtExit) {
        this.process = process;
        shutdownHook = new Thread(() -> {
            descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            alsoAtExit.run();
        });
        try {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            process.destroyForcibly(); // this process is ending itself
            throw e;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    public Stream<ProcessHandle> descendants() {
        return process.descendants();
    }

    /** User and system time since it started, in seconds; 0 when it has ended. Its own children are not included. */
    public double cpuSeconds() {
        return cpuSeconds(process.toHandle());
    }

    public static double cpuSeconds(ProcessHandle handle) {
        try {
            var stat = Files.readString(Path.of("/proc/" + handle.pid() + "/stat"));
            // proc(5): after the name in parentheses, utime and stime are the 12th and 13th fields, in clock ticks
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
        } catch (IOException e) {
            return 0; // it ended in the meantime
        }
    }

    /** Resident memory, in MiB. */
    public long residentMiB() throws IOException {
        return memoryMiB("VmRSS:");
    }

    /** The most resident memory that it ever had, in MiB. */
    long peakResidentMiB() throws IOException {
        return memoryMiB("VmHWM:");
    }

    /** Its share of the memory that it uses together with other processes, and what it uses alone, in MiB. */
    public static long proportionalMiB(ProcessHandle handle) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + handle.pid() + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .sum();
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    private long memoryMiB(String field) throws IOException {
        return status(field) / 1024;
    }

    /** How many threads it has. */
    long threads() throws IOException {
        return status("Threads:");
    }

    /** How many file descriptors it has open. */
    long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return files.count();
        }
    }

    /** @param field of proc(5)'s {@code status}, with its colon */
    private long status(String field) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
    }

    /** SIGSTOP: it exists and does nothing until it is thawed. */
    void freeze() throws IOException, InterruptedException {
        ShellCommand.output("kill", "-STOP", String.valueOf(process.pid()));
    }

    void thaw() throws IOException, InterruptedException {
        ShellCommand.output("kill", "-CONT", String.valueOf(process.pid()));
    }

    /** SIGKILL, without a shutdown. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM, and SIGKILL when it has not ended after 45 s. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                descendants().forEach(ProcessHandle::destroyForcibly);
                kill();
            }
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            process.destroyForcibly(); // this process is ending itself
        }
    }
}
