package io.growalert.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program with this one's class path in a JVM of its own. It does not outlive this one. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final Thread farewell;

    private ChildJvm(Process process) {
        this.process = process;
        farewell = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(farewell);
    }

    /** What it prints is added to the console file. */
    static ChildJvm start(Class<?> main, Path console, List<String> jvmOptions, List<String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        Files.createDirectories(console.toAbsolutePath().getParent());
        return new ChildJvm(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()))
                .start());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** User and system time since it started, in seconds; 0 when it has ended. */
    double cpuSeconds() {
        return GrowAlertProcess.cpuSeconds(process.toHandle());
    }

    /** SIGKILL, without a farewell. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Asks it to stop, and insists after a while. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(45, TimeUnit.SECONDS)) {
                kill();
            }
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            process.destroyForcibly(); // we are ending ourselves
        }
    }
}
