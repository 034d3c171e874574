package io.growalert.benchmarks.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** A separate Kafka broker, as a child process. It can be stopped and restarted. */
public final class KafkaProcess implements AutoCloseable {
    private final Path folder;
    private final int port;
    private final int controllerPort;
    private ChildJvm process;

    private KafkaProcess(Path folder, int port, int controllerPort) throws IOException {
        this.folder = folder;
        this.port = port;
        this.controllerPort = controllerPort;
        process = launch();
    }

    public static KafkaProcess start(Path folder, int port, int controllerPort)
            throws IOException, InterruptedException {
        var kafka = new KafkaProcess(folder, port, controllerPort);
        kafka.awaitServing();
        return kafka;
    }

    public void startAgain() throws IOException, InterruptedException {
        process = launch();
        awaitServing();
    }

    private ChildJvm launch() throws IOException {
        return ChildJvm.start(
                KafkaMain.class,
                folder.resolve("console.log"),
                List.of("-Xmx512m", "-XX:+UseSerialGC", "-Dlogback.configurationFile=logback-child.xml"),
                List.of(folder.resolve("data").toString(), String.valueOf(port), String.valueOf(controllerPort)));
    }

    private void awaitServing() throws InterruptedException {
        try (var admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "1000",
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "1000"))) {
            Await.until(Duration.ofSeconds(60), () -> answers(admin));
        }
    }

    private static boolean answers(Admin admin) {
        try {
            return !admin.describeCluster().nodes().get(2, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Deletes a topic, and returns when it is gone. */
    public void delete(String topic) throws InterruptedException {
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
            Await.until(Duration.ofSeconds(30), () -> !names(admin).contains(topic));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static Set<String> names(Admin admin) {
        try {
            return admin.listTopics().names().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Set.of();
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public double cpuSeconds() {
        return process.cpuSeconds();
    }

    public void stop() {
        process.close();
    }

    @Override
    public void close() {
        stop();
    }
}
