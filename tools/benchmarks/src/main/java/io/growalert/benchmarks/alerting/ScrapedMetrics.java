package io.growalert.benchmarks.alerting;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The counters that a service shows to Prometheus. */
final class ScrapedMetrics {
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final URI address;

    ScrapedMetrics(int port) {
        this(port, "/actuator/prometheus");
    }

    ScrapedMetrics(int port, String path) {
        address = URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    }

    /** The sum of all samples of this name, over their labels; 0 when there are none. */
    double sum(String name) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** The same, and 0 while it is unreachable. */
    double known(String name) {
        try {
            return sum(name);
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
