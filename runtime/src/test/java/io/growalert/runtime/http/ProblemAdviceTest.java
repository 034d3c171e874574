package io.growalert.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.runtime.Service;
import jakarta.servlet.http.HttpServlet;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The problem details of rejected requests, over HTTP. */
class ProblemAdviceTest {
    private static ConfigurableApplicationContext service;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import({Api.class, ProblemAdvice.class, Web.class})
    static class Example {
        /** A servlet's default response to an unsupported method. */
        @Bean
        ServletRegistrationBean<HttpServlet> servlet() {
            return new ServletRegistrationBean<>(new HttpServlet() {}, "/servlet");
        }
    }

    @RestController
    static class Api {
        @GetMapping("/list")
        int list(@RequestParam int limit, @RequestParam(defaultValue = "false") boolean all) {
            return limit;
        }

        @PostMapping(path = "/names", consumes = "application/json")
        int names(@RequestBody Map<String, String> names) {
            return names.size();
        }

        @GetMapping("/bug")
        int bug() {
            throw new IllegalStateException("the password is swordfish");
        }

        @GetMapping("/database")
        int database() {
            throw new QueryTimeoutException("jdbc:postgresql://10.0.0.7");
        }

        @GetMapping("/commit")
        int commit() {
            throw new TransactionSystemException("jdbc:postgresql://10.0.0.7");
        }
    }

    @BeforeAll
    static void start() {
        service = new Service(Example.class, "example-service").start(Map.of("server.port", 0));
    }

    @AfterAll
    static void stop() {
        service.close();
        CLIENT.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /nothing,             404, not_found,",
        "POST, /list,                405, method_not_allowed,",
        "POST, /names,               415, unsupported_media_type,",
        "GET,  /list,                400, invalid_field, limit",
        "GET,  /list?limit=many,     400, invalid_field, limit",
        "GET,  /list?limit=1&all=perhaps, 400, invalid_field, all",
        "GET,  /servlet,             405, method_not_allowed,"
    })
    void each_rejection_has_its_code_from_every_layer(String method, String path, int status, String code, String field)
            throws Exception {
        var response = send(request(path).method(method, BodyPublishers.ofString("")));

        assertThat(problem(response, status).get("code")).isEqualTo(code);
        assertThat(problem(response, status).get("field")).isEqualTo(field);
    }

    @Test
    void a_body_that_is_no_json_is_one_too() throws Exception {
        var response = send(
                request("/names").header("Content-Type", "application/json").POST(BodyPublishers.ofString("{\"a\": ")));

        assertThat(problem(response, 400).get("code")).isEqualTo("malformed_json");
    }

    @Test
    void an_internal_error_discloses_no_cause() throws Exception {
        var response = send(request("/bug"));

        assertThat(problem(response, 500).get("code")).isEqualTo("internal_error");
        assertThat(response.body()).doesNotContain("swordfish", "IllegalState");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/*", "text/*", "x", "a/b/c", "text/plain;charset=nothing"})
    void a_media_type_that_is_none_is_refused_as_the_clients_error(String type) throws Exception {
        var response = send(request("/names").header("Content-Type", type).POST(BodyPublishers.ofString("{}")));

        assertThat(problem(response, 415).get("code")).isEqualTo("unsupported_media_type");
    }

    @ParameterizedTest
    @CsvSource({
        "400, bad_request",
        "417, bad_request",
        "500, internal_error",
        "501, not_implemented",
        "503, service_unavailable",
        "505, http_version_not_supported"
    })
    void each_status_of_the_container_has_its_code(int status, String code) {
        assertThat(CommonProblem.of(status).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/database", "/commit"})
    void an_unavailable_database_is_a_retryable_error(String path) throws Exception {
        var response = send(request(path));

        assertThat(problem(response, 503).get("code")).isEqualTo("database_unavailable");
        assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
        assertThat(response.body()).doesNotContain("10.0.0.7");
    }

    private static Map<String, Object> problem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        var problem = JsonParserFactory.getJsonParser().parseMap(response.body());
        assertThat(problem.get("status")).isEqualTo(status);
        assertThat(problem.get("title")).asString().isNotBlank();
        assertThat(problem.get("detail")).asString().isNotBlank();
        return problem;
    }

    private static HttpRequest.Builder request(String path) {
        var port = service.getEnvironment().getRequiredProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }
}
