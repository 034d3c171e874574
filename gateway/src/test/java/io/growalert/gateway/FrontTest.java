package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** An exception of a servlet or a filter has its status in the metrics, the access log and the response. */
@ExtendWith(OutputCaptureExtension.class)
class FrontTest {
    private RunningGateway gateway;

    @Configuration(proxyBeanMethods = false)
    static class Broken {
        @Bean
        @Order(-1)
        RouterFunction<ServerResponse> broken() {
            return RouterFunctions.route(RequestPredicates.path("/broken"), _ -> {
                        throw new IllegalStateException("broken");
                    })
                    .and(RouterFunctions.route(RequestPredicates.path("/broken-late"), _ -> ServerResponse.ok()
                            .build((_, response) -> {
                                response.getOutputStream().write("half".getBytes(US_ASCII));
                                response.flushBuffer();
                                throw new IllegalStateException("broken");
                            })));
        }

        /** Of Jetty, before the servlets. */
        @Bean
        WebServerFactoryCustomizer<JettyServletWebServerFactory> brokenHandler() {
            return factory ->
                    factory.addServerCustomizers(server -> server.setHandler(new Handler.Wrapper(server.getHandler()) {
                        @Override
                        public boolean handle(Request request, Response response, Callback callback) throws Exception {
                            if (Request.getPathInContext(request).equals("/broken-handler")) {
                                throw new IllegalStateException("broken");
                            }
                            return super.handle(request, response, callback);
                        }
                    }));
        }
    }

    @BeforeEach
    void start() throws Exception {
        gateway = new RunningGateway(Map.of(
                "spring.main.sources",
                Broken.class.getName(),
                "growalert.gateway.routes.pages.requests",
                1,
                "growalert.gateway.routes.pages.per",
                "1h"));
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private double counted(String status) {
        return gateway.part(MeterRegistry.class)
                .get("growalert.gateway.requests")
                .tag("status", status)
                .timer()
                .count();
    }

    @Test
    void an_exception_is_counted_logged_and_limited_with_the_status_that_the_client_gets(CapturedOutput output)
            throws Exception {
        var first = gateway.get("/broken");
        var second = gateway.get("/broken");

        assertThat(first.statusCode()).isEqualTo(500);
        assertThat(first.body()).contains("\"code\":\"internal_error\"").doesNotContain("broken");
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.headers().firstValue("Retry-After")).hasValue("3600");
        await().untilAsserted(() -> assertThat(output.getAll())
                .contains("status=\"500\"", "status=\"429\"", "Request failed with an internal error"));
        assertThat(counted("500")).isEqualTo(1);
        assertThat(counted("429")).isEqualTo(1);
        assertThat(output.getAll().lines().filter(line -> line.contains("Request failed with an internal error")))
                .hasSize(1);
    }

    @Test
    void an_internal_error_is_logged_with_the_request_id(CapturedOutput output) throws Exception {
        gateway.send(gateway.request("/broken-handler").header("X-Request-Id", "request-broken"));

        await().untilAsserted(() -> assertThat(output.getAll().lines())
                .filteredOn(line -> line.contains("Request failed with an internal error"))
                .singleElement()
                .asString()
                .contains("requestId=\"request-broken\""));
    }

    /** A blocking handler in the chain would cost each proxied request a change of threads. */
    @Test
    void proxied_requests_run_on_selector_threads() {
        assertThat(gateway.server().getInvocationType()).isEqualTo(InvocationType.NON_BLOCKING);
    }

    @Test
    void a_committed_response_is_cut() throws Exception {
        var answer = gateway.raw("GET /broken-late HTTP/1.1\nHost: a\n\n");

        assertThat(answer).startsWith("HTTP/1.1 200").contains("half").doesNotContain("\r\n0\r\n");
    }
}
