package io.growalert.billing.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.stripe.StripeRights;
import io.growalert.testkit.TestIdentity;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** The checks of a running service, in its health and for operators. */
@ExtendWith(OutputCaptureExtension.class)
class DoctorHealthTest {
    private static final TestIdentity IDENTITY = new TestIdentity();

    @TempDir
    private static Path mails;

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started();
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    private static Running with(List<String> rights) {
        var settings = new HashMap<String, Object>(Map.of(
                "growalert.billing.doctor.every",
                "1h",
                "growalert.identity.public-key",
                IDENTITY.publicKey(),
                "growalert.billing.customer.mail.folder",
                mails,
                "growalert.billing.customer.mail.site",
                "http://localhost:8080"));
        settings.put(
                "growalert.billing.stripe.secret-key", billing.stripe.keys().create(rights));
        return billing.beside(settings);
    }

    private static Answer examine(Running service, String role) {
        return service.send(service.request("/api/billing/doctor", null)
                .header("Authorization", IDENTITY.bearer("billing-service", "ann", role))
                .POST(BodyPublishers.noBody()));
    }

    private static JsonNode health(Running service) {
        return service.get("/actuator/health", null).json();
    }

    @Test
    void problems_degrade_the_health_from_the_start_with_what_to_do_and_never_stop_it(CapturedOutput output) {
        var rights = new ArrayList<>(StripeRights.needed(false));
        rights.remove("rak_dispute_read");
        rights.remove("rak_plan_read");
        try (var service = with(rights)) {
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                            health(service).at("/components/doctor/status").asString())
                    .isEqualTo("DEGRADED"));

            var answer = service.get("/actuator/health", null);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.response().body()).doesNotContain("DOWN", "OUT_OF_SERVICE");
            var details = answer.json().at("/components/doctor/details");
            assertThat(details.path("rights").toString())
                    .contains("rak_dispute_read", "grant 'Disputes: Read'", "rak_plan_read", "grant 'Prices: Read'");
            assertThat(details.path("webhook").toString()).contains("growalert billing setup --webhook-url");
            assertThat(output.getOut().lines().filter(line -> line.contains("Check of billing failed")))
                    .hasSize(3)
                    .allMatch(line -> line.contains("WARN"));
        }
    }

    @Test
    void an_admin_runs_the_checks_of_the_service() {
        var endpoint = billing.stripe(
                        "POST", "/v1/webhook_endpoints", "url=https://shop.example.com/webhook&enabled_events[]=*")
                .path("id")
                .asString();
        try (var service = with(StripeRights.needed(false))) {
            var answer = examine(service, "admin");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("checkedAt").asString()).isNotEmpty();
            assertThat(answer.json().path("checks").valueStream())
                    .extracting(check -> check.path("check").asString())
                    .contains("key", "rights", "clock", "prices", "webhook", "events", "signatures", "mail");
            assertThat(answer.json().path("checks").valueStream())
                    .noneMatch(check -> check.path("severity").asString().equals("problem"));
            assertThat(health(service).at("/components/doctor/status").asString())
                    .isEqualTo("UP");

            assertThat(examine(service, "operator").code()).isEqualTo("forbidden_role");
        } finally {
            billing.stripe("DELETE", "/v1/webhook_endpoints/" + endpoint, "");
        }
    }
}
