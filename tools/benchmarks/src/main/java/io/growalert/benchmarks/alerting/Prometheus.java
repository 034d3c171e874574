package io.growalert.benchmarks.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.ChildProcess;
import io.growalert.benchmarks.process.PortRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Debian's Prometheus, which scrapes the series from a target in this process and judges them by alert rules that hold for none. The
 * target's own CPU is that of this process, and is not measured.
 */
final class Prometheus implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/bin/prometheus");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final HttpServer target;
    private final ChildProcess process;
    private final ScrapedMetrics metrics;

    private Prometheus(HttpServer target, ChildProcess process, ScrapedMetrics metrics) {
        this.target = target;
        this.process = process;
        this.metrics = metrics;
    }

    /**
     * What it does: {@code rules} rules each judge {@code series} series.
     *
     * @param every of the scrape and of the rules, such as {@code 1s}
     * @param rules 0 for the scrape alone
     */
    record Work(int rules, int series, String every) {
        /** The same scrape without rules. */
        Work scrapeOnly() {
            return new Work(0, scraped(), every);
        }

        private int scraped() {
            return Math.max(1, rules) * series;
        }
    }

    static boolean isHere() {
        return Files.isExecutable(PROGRAM);
    }

    /** Starts it in this folder, and returns when it judges, or scrapes. */
    static Prometheus start(Path folder, Work work) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var target = target(work);
        int port = PortRange.free(0);
        Files.writeString(folder.resolve("rules.yml"), rules(work));
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: %1$s, scrape_timeout: %1$s, evaluation_interval: %1$s}
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: bench
                    static_configs: [{targets: ["127.0.0.1:%2$d"]}]
                """.formatted(
                        work.every(), target.getAddress().getPort()));
        var process = new ProcessBuilder(
                        PROGRAM.toString(),
                        "--config.file=" + folder.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--log.level=warn")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("console.log").toFile())
                .start();
        var started = new Prometheus(target, new ChildProcess(process), new ScrapedMetrics(port, "/metrics"));
        Await.until(Duration.ofSeconds(90), () -> isReady(port));
        return started;
    }

    private static boolean isReady(int port) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/-/ready".formatted(port)))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Each rule has the series of one room. */
    private static HttpServer target(Work work) throws IOException {
        var page = IntStream.range(0, work.scraped())
                .mapToObj(number -> "bench_value{room=\"room-%d\",device=\"device-%d\"} 1\n"
                        .formatted(number / work.series(), number % work.series()))
                .collect(Collectors.joining())
                .getBytes(UTF_8);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/metrics", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
            }
        });
        server.start();
        return server;
    }

    private static String rules(Work work) {
        if (work.rules() == 0) {
            return "groups: []\n";
        }
        return IntStream.range(0, work.rules())
                .mapToObj(number ->
                        "  - {alert: Above%1$d, expr: 'bench_value{room=\"room-%1$d\"} > 1'}\n".formatted(number))
                .collect(Collectors.joining("", "groups:\n- name: bench\n  rules:\n", ""));
    }

    /** User and system time since it started, in seconds. */
    double cpuSeconds() {
        return process.cpuSeconds();
    }

    long residentMiB() throws IOException {
        return process.residentMiB();
    }

    /** How often all rules were judged. */
    double rounds() throws IOException, InterruptedException {
        return metrics.sum("prometheus_rule_group_iterations_total")
                - metrics.sum("prometheus_rule_group_iterations_missed_total");
    }

    @Override
    public void close() {
        process.close();
        target.stop(0);
    }
}
