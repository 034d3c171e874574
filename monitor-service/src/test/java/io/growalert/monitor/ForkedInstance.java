package io.growalert.monitor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A monitor-service in a separate JVM, which can be killed. */
final class ForkedInstance {
    private final Process process;

    private ForkedInstance(Process process) {
        this.process = process;
    }

    static ForkedInstance start(TestBroker broker, Path data, Path file, String... more) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var command = new ArrayList<>(List.of(
                java.toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                MonitorService.class.getName(),
                "--server.port=0",
                "--growalert.monitor.kafka=" + broker.address(),
                "--growalert.monitor.files=" + file,
                "--growalert.monitor.data=" + data,
                "--growalert.monitor.partitions=4"));
        command.addAll(List.of(more));
        return new ForkedInstance(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** As SIGKILL does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("process %d does not die".formatted(process.pid()));
        }
    }
}
