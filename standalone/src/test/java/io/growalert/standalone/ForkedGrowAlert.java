package io.growalert.standalone;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The command line in a separate JVM, as a user runs it. What it started ends with it. */
final class ForkedGrowAlert implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Process process;
    private final Path output;
    private final Path data;

    private ForkedGrowAlert(Process process, Path output, Path data) {
        this.process = process;
        this.output = output;
        this.data = data;
    }

    /**
     * @param temporary the system's temporary folder, as that JVM sees it
     * @param environment variables beside those of this process
     * @param http the first of its ports, a {@link #freeHttp}
     */
    static ForkedGrowAlert up(Path data, Path temporary, Map<String, String> environment, int http, String... arguments)
            throws IOException {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + Files.createDirectories(temporary),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.growalert.standalone.GrowAlert",
                "up",
                "--data",
                data.toString()));
        command.addAll(ports(http));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile(data.getParent(), "up", ".out");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        return new ForkedGrowAlert(process, output, data);
    }

    /**
     * A free port whose next seven are free as well, where Kafka and PostgreSQL listen too. It is below the ephemeral ports, or a
     * connection of this test could use one of them first.
     */
    static int freeHttp() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try {
                for (int next = 0; next <= 7; next++) {
                    LoopbackPorts.requireFree(port + next, "HTTP", "--http-port");
                }
                return port;
            } catch (CannotRun e) {
                // one is in use; others
            }
        }
    }

    private static List<String> ports(int http) {
        return List.of(
                "--http-port", String.valueOf(http),
                "--kafka-port", String.valueOf(kafka(http)),
                "--postgres-port", String.valueOf(postgres(http)));
    }

    static int kafka(int http) {
        return http + 6;
    }

    static int postgres(int http) {
        return http + 7;
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String log() {
        try {
            return Files.readString(data.resolve("logs/growalert.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the text is on the console, and fails at once when the program has ended without it. */
    void awaitOutput(String text) {
        await(text).atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(() -> {
            boolean isAlive = process.isAlive();
            if (output().contains(text)) {
                return true;
            }
            if (!isAlive) {
                throw new AssertionError("ended with " + process.exitValue() + " before '" + text + "':\n" + output());
            }
            return false;
        });
    }

    /** Waits for its end, and returns the exit code. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("did not end:\n" + output());
        }
        return process.exitValue();
    }

    /** SIGKILL: no handler, no hook. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        Postmaster.over(data.resolve("postgres")).ifPresent(Postmaster::stop);
    }
}
