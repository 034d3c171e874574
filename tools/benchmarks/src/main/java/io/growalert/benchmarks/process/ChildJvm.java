package io.growalert.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A program with this one's class path in a separate JVM. It does not outlive this one. */
public final class ChildJvm implements AutoCloseable {
    /** Of each generation of a serial collector. */
    private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");

    private final ChildProcess process;

    private ChildJvm(ChildProcess process) {
        this.process = process;
    }

    /** What it prints is added to the console file. */
    public static ChildJvm start(Class<?> main, Path console, List<String> jvmOptions, List<String> arguments)
            throws IOException {
        return start(JvmProgram.of(main), console, jvmOptions, arguments);
    }

    public static ChildJvm start(JvmProgram program, Path console, List<String> jvmOptions, List<String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", program.classPath(), program.main()));
        command.addAll(arguments);
        Files.createDirectories(console.toAbsolutePath().getParent());
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()));
        builder.environment().putAll(program.environment());
        return new ChildJvm(new ChildProcess(builder.start()));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** User and system time since it started, in seconds; 0 when it has ended. */
    double cpuSeconds() {
        return process.cpuSeconds();
    }

    /** Resident memory, in MiB. */
    public long residentMiB() throws IOException {
        return process.residentMiB();
    }

    /** The most resident memory it ever had, in MiB. */
    public long peakResidentMiB() throws IOException {
        return process.peakResidentMiB();
    }

    long pid() {
        return process.pid();
    }

    /** How many threads it has. */
    public long threads() throws IOException {
        return process.threads();
    }

    /** How many file descriptors it has open. */
    public long openFiles() throws IOException {
        return process.openFiles();
    }

    /** What its heap holds after a full collection, in MiB. */
    public double heapMiB() throws IOException, InterruptedException {
        jcmd("GC.run");
        return heapUsedMiB();
    }

    /** What its heap holds now, garbage included, in MiB. */
    public double heapUsedMiB() throws IOException, InterruptedException {
        return HEAP_USED
                .matcher(jcmd("GC.heap_info"))
                .results()
                .mapToDouble(used -> Double.parseDouble(used.group(1)) / 1024)
                .sum();
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        var program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return ShellCommand.output(program.toString(), String.valueOf(process.pid()), command);
    }

    /** SIGSTOP: it exists and does nothing until it is thawed. */
    public void freeze() throws IOException, InterruptedException {
        process.freeze();
    }

    public void thaw() throws IOException, InterruptedException {
        process.thaw();
    }

    /** SIGKILL, without a shutdown. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** SIGTERM, and SIGKILL when it does not end. */
    @Override
    public void close() {
        process.close();
    }
}
