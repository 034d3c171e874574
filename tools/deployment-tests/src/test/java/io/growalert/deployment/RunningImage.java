package io.growalert.deployment;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * An image's entry point as a process. As root it sees only its own files, read-only, and has no rights; otherwise it is started in
 * place, which shows its class path and main class alone.
 */
final class RunningImage implements AutoCloseable {
    static final Duration LIMIT = Duration.ofMinutes(2);

    private final Process process;
    private final Path output;

    private RunningImage(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** @param environment beside the image's own, and above it */
    static RunningImage start(ServiceImage service, Path folder, Map<String, String> environment, String... arguments)
            throws Exception {
        var image = ImageTar.read(service.tar());
        var root = Files.createDirectory(folder.resolve("root"));
        var data = Files.createDirectory(folder.resolve("data"));
        image.unpack(root);
        var variables = new TreeMap<>(image.environment());
        variables.putAll(environment);
        var entrypoint = new ArrayList<>(image.entrypoint());
        // a test's JVM runs for seconds
        entrypoint.addAll(1, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        entrypoint.addAll(List.of(arguments));
        var java = Path.of(System.getProperty("java.home"));
        var command = new ArrayList<String>();
        if (isIsolated()) {
            own(data);
            command.addAll(List.of("src/test/resources/run-image", root.toString(), java.toString(), data.toString()));
            variables.forEach((name, value) -> command.add(name + "=" + value));
            command.add("--");
            command.addAll(entrypoint);
        } else {
            var arguments0 = root.resolve("app/jib-classpath-file");
            var local = folder.resolve("classpath");
            Files.writeString(local, Files.readString(arguments0).replace("/app/", root.resolve("app") + "/"));
            entrypoint.replaceAll(word -> word.equals("@/app/jib-classpath-file") ? "@" + local : word);
            entrypoint.set(0, java.resolve("bin/java").toString());
            command.addAll(entrypoint);
        }
        var output = folder.resolve("output");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("GROWALERT_") || name.startsWith("JAVA_"));
        builder.environment().putAll(variables);
        return new RunningImage(builder.start(), output);
    }

    /** Whether this process may give another one its own root. */
    static boolean isIsolated() throws Exception {
        if (!"root".equals(System.getProperty("user.name")) || !Files.exists(Path.of("/usr/bin/setpriv"))) {
            return false;
        }
        var probe = new ProcessBuilder(
                        "unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
                .redirectErrorStream(true)
                .start();
        return probe.waitFor() == 0;
    }

    /** As a volume that an engine or an init service prepared. */
    private static void own(Path data) throws Exception {
        var chown = new ProcessBuilder("chown", "10001:10001", data.toString())
                .inheritIO()
                .start();
        if (chown.waitFor() != 0) {
            throw new IllegalStateException("chown failed");
        }
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("did not end:\n" + output());
        }
        return process.exitValue();
    }

    /** Waits until the address answers with 200, and fails at once when the process ended. */
    void awaitOk(String url) {
        try (var http = HttpClient.newHttpClient()) {
            await(url).atMost(LIMIT).pollInterval(Duration.ofMillis(200)).until(() -> {
                if (!process.isAlive()) {
                    throw new AssertionError("ended with " + process.exitValue() + ":\n" + output());
                }
                try {
                    var request = HttpRequest.newBuilder(URI.create(url))
                            .timeout(Duration.ofSeconds(10))
                            .build();
                    return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    /** SIGTERM; returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
