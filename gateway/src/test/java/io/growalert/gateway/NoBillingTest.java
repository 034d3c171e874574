package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway without billing. */
class NoBillingTest {
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RunningGateway(Map.of("growalert.gateway.billing", false));
        gateway.billing.close();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/config",
                "/create-customer",
                "/charge",
                "/webhook",
                "/api/billing/events",
                "/register.html",
                "/register/main.js",
                "/success.html",
                "/account.html",
                "/account-page/main.js",
                "/email-confirm.html",
                "/brand/style.css"
            })
    void billing_routes_are_not_found(String path) throws Exception {
        var answer = gateway.send(gateway.asOperator(path));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"code\":\"not_found\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/create-customer", "/webhook", "/api/billing/events/replay"})
    void billing_routes_are_not_found_for_a_post(String path) throws Exception {
        var answer = gateway.send(gateway.asOperator(path).POST(BodyPublishers.ofString("{}")));

        assertThat(answer.statusCode()).isEqualTo(404);
    }

    @Test
    void the_start_page_is_the_console() throws Exception {
        assertThat(gateway.get("/").headers().firstValue("Location")).hasValue("/console");
    }

    @Test
    void health_ignores_billing() throws Exception {
        assertThat(gateway.get("/health").body()).isEqualTo("{\"status\":\"UP\"}");
    }

    @Test
    void other_routes_are_unchanged() throws Exception {
        assertThat(gateway.send(gateway.asOperator("/api/alerts")).statusCode()).isEqualTo(200);
        assertThat(gateway.send(gateway.asOperator("/docs/")).statusCode()).isEqualTo(200);
    }
}
