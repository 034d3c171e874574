package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class HealthReportTest {
    private static final String PARKED = """
            {"components": {"db": {"status": "UP"},
              "notifier": {"status": "DEGRADED", "details": {"parked": 150, "receivers": ["ops"]}}}, "status": "DEGRADED"}
            """;
    private static final String STALLED = """
            {"components": {"loops": {"status": "DOWN", "details": {"deliver": "no progress for 42 s"}}}, "status": "DOWN"}
            """;

    @Test
    void a_healthy_service_has_no_problem() {
        assertThat(HealthReport.problem(200, bytes("{\"status\": \"UP\"}"))).isEmpty();
        assertThat(HealthReport.problem(200, bytes("ok"))).isEmpty();
        assertThat(HealthReport.problem(200, bytes(""))).isEmpty();
    }

    @Test
    void each_unhealthy_component_is_named_with_its_reason() {
        assertThat(HealthReport.problem(200, bytes(PARKED)))
                .hasValue("DEGRADED: notifier DEGRADED (parked=150, receivers=[\"ops\"])");
        assertThat(HealthReport.problem(503, bytes(STALLED)))
                .hasValue("DOWN: loops DOWN (deliver=no progress for 42 s)");
    }

    @Test
    void a_refusal_is_a_problem_with_its_detail() {
        assertThat(HealthReport.problem(
                        421, bytes("{\"status\": 421, \"code\": \"invalid_host\", \"detail\": \"another\\nname\"}")))
                .hasValue("HTTP 421 another name");
        assertThat(HealthReport.problem(503, bytes("<html>"))).hasValue("HTTP 503");
    }

    @Test
    void health_shows_the_reasons_to_the_operator_only() throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.dispatcher.answers(exchange -> StubBackend.answer(exchange, 200, PARKED));
            gateway.monitors.answers(exchange -> StubBackend.answer(exchange, 503, STALLED));

            assertThat(gateway.get("/health").body()).isEqualTo("{\"status\":\"DEGRADED\"}");
            var answer = gateway.send(gateway.asOperator("/api/gateway/health"));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("\"billing\":true,\"dispatcher\":false,\"monitors\":false")
                    .contains("\"dispatcher\":\"DEGRADED: notifier DEGRADED (parked=150")
                    .contains("\"monitors\":\"DOWN: loops DOWN (deliver=no progress for 42 s)\"")
                    .contains("\"status\":\"DEGRADED\"");
        }
    }

    @Test
    void an_unreachable_service_is_reported_with_the_reason() throws Exception {
        var now = new AtomicLong();
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.backends.billing.url", "http://127.0.0.1:1"));
                var health = new HealthCheck(gateway.part(Backends.class), Optional::empty, now::get)) {
            var details = health.health().getDetails();

            assertThat(details).containsEntry("billing", false).containsEntry("dispatcher", true);
            assertThat(String.valueOf(details.get("reasons"))).contains("billing=unreachable: ");
            assertThat(health.health().getStatus()).isEqualTo(new Status("DEGRADED"));
        }
    }

    /** The loop that cuts overdue requests runs continuously, so a dead thread is detected as a stall as well. */
    @Test
    void the_loop_over_the_connections_is_in_the_gateways_health() throws Exception {
        try (var gateway = new RunningGateway()) {
            await().untilAsserted(() -> assertThat(gateway.send(gateway.asOperator("/api/gateway/health"))
                            .body())
                    .contains("\"connections\":{\"status\":\"UP\"}"));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
