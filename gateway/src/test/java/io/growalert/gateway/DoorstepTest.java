package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** What escapes the filters and the routes has its status in the metrics, the access log and the answer. */
@ExtendWith(OutputCaptureExtension.class)
class DoorstepTest {
    private RunningGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = new RunningGateway(
                Map.of("growalert.gateway.routes.pages.requests", 1, "growalert.gateway.routes.pages.per", "1h"));
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private MockHttpServletResponse answer(FilterChain chain) throws IOException, ServletException {
        var response = new MockHttpServletResponse();
        try (var channel = SocketChannel.open()) {
            ScopedValue.where(Connection.CURRENT, new Connection(channel, "test", Duration.ofSeconds(10)))
                    .call(() -> {
                        gateway.part(Doorstep.class)
                                .doFilter(new MockHttpServletRequest("GET", "/config"), response, chain);
                        return null;
                    });
        } catch (IOException | ServletException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return response;
    }

    private double counted(String status) {
        return gateway.part(MeterRegistry.class)
                .get("growalert.gateway.requests")
                .tag("status", status)
                .timer()
                .count();
    }

    @Test
    void an_exception_is_counted_and_logged_as_what_the_client_gets_and_limited_by_address(CapturedOutput output)
            throws Exception {
        FilterChain broken = (_, _) -> {
            throw new ServletException(new IllegalStateException("broken"));
        };

        var first = answer(broken);
        var second = answer(broken);

        assertThat(first.getStatus()).isEqualTo(500);
        assertThat(first.getContentAsString())
                .contains("\"code\":\"internal_error\"")
                .doesNotContain("broken");
        assertThat(second.getStatus()).isEqualTo(429);
        assertThat(second.getHeader("Retry-After")).isEqualTo("3600");
        assertThat(counted("500")).isEqualTo(1);
        assertThat(counted("429")).isEqualTo(1);
        assertThat(output.getAll()).contains("status=\"500\"", "status=\"429\"");
        assertThat(output.getAll().lines().filter(line -> line.contains("Request failed with an internal error")))
                .hasSize(1);
    }

    @Test
    void an_answer_that_has_begun_is_broken_off() {
        assertThatThrownBy(() -> answer((_, response) -> {
                    response.flushBuffer();
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
    }
}
