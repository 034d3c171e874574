package io.growalert.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.runtime.http.Web;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** How the parts' states become the service's. */
class HealthStatusTest {
    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import(Web.class)
    static class Example {
        @Bean
        HealthIndicator deliveriesHealthIndicator() {
            return () -> Health.status("DEGRADED").build();
        }

        @Bean
        HealthIndicator loopsHealthIndicator(Environment environment) {
            return () -> Health.status(environment.getRequiredProperty("loops")).build();
        }
    }

    @Test
    void a_part_that_is_degraded_degrades_the_service_which_still_answers_200() throws Exception {
        var answer = health("UP");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"status\":\"DEGRADED\"");
    }

    @Test
    void a_part_that_is_down_counts_for_more() throws Exception {
        var answer = health("DOWN");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"status\":\"DOWN\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"liveness", "readiness"})
    void a_supervisor_s_probe_does_not_depend_on_the_parts(String probe) throws Exception {
        var answer = health("DOWN", "/actuator/health/" + probe);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"status\":\"UP\"").doesNotContain("loops");
    }

    private static HttpResponse<String> health(String loops) throws Exception {
        return health(loops, "/actuator/health");
    }

    private static HttpResponse<String> health(String loops, String path) throws Exception {
        try (var service =
                        new Service(Example.class, "example-service").start(Map.of("server.port", 0, "loops", loops));
                var client = HttpClient.newHttpClient()) {
            var port = service.getEnvironment().getRequiredProperty("local.server.port");
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s%s".formatted(port, path)));
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }
}
