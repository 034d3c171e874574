package io.growalert.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.http.Web;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.validation.annotation.Validated;

class ServiceTest {
    private static final Service SERVICE = new Service(Example.class, "example-service");

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableConfigurationProperties(ExampleSettings.class)
    @Import(Web.class)
    static class Example {
        @Bean
        String greeting(ExampleSettings settings) {
            if (settings.name().equals("unknown")) {
                throw new Refusal();
            }
            return "hello " + settings.name();
        }
    }

    @Validated
    @ConfigurationProperties("growalert.example")
    record ExampleSettings(
            @NotBlank @DefaultValue("world") String name,
            @NotEmpty List<Path> files,
            @DefaultValue("1s") Duration longestWait,
            @DefaultValue("3") @Max(9) int most) {

        @AssertTrue(message = "growalert.example.longest-wait must be from 1s to 10s")
        boolean isWaitInRange() {
            return longestWait.compareTo(Duration.ofSeconds(10)) <= 0;
        }
    }

    static final class Refusal extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Refusal() {
            super("farm.yaml:3: no greeting\nfarm.yaml:7: no name");
        }
    }

    @Test
    void a_list_is_a_list_setting_and_its_own_file_gives_the_rest() {
        try (var running = SERVICE.start(settings(Map.of("growalert.example.files", List.of("a.yaml", "b.yaml"))))) {
            var settings = running.getBean(ExampleSettings.class);

            assertThat(settings.files()).containsExactly(Path.of("a.yaml"), Path.of("b.yaml"));
            assertThat(settings.most()).isEqualTo(7);
            assertThat(running.getBean("greeting")).isEqualTo("hello file");
        }
    }

    @Test
    void a_setting_out_of_its_range_is_one_line_with_its_name() {
        assertThatThrownBy(() -> SERVICE.start(settings(Map.of("growalert.example.most", 10))))
                .isInstanceOf(StartFailure.class)
                .hasMessage("growalert.example.most: must be less than or equal to 9 (GROWALERT_EXAMPLE_MOST)");
        assertThatThrownBy(() -> SERVICE.start(settings(Map.of("growalert.example.longest-wait", "1m"))))
                .isInstanceOf(StartFailure.class)
                .hasMessage("growalert.example.longest-wait must be from 1s to 10s");
    }

    @Test
    void a_setting_that_cannot_be_read_is_one_line_with_its_name() {
        assertThatThrownBy(() -> SERVICE.start(settings(Map.of("growalert.example.longest-wait", "soon"))))
                .isInstanceOf(StartFailure.class)
                .hasMessage("growalert.example.longest-wait: 'soon' is not a valid duration");
    }

    @Test
    void each_setting_that_is_wrong_has_its_line() {
        var settings = settings(Map.of("growalert.example.most", 10, "growalert.example.name", " "));

        assertThatThrownBy(() -> SERVICE.start(settings)).message().satisfies(message -> assertThat(message.lines())
                .containsExactlyInAnyOrder(
                        "growalert.example.most: must be less than or equal to 9 (GROWALERT_EXAMPLE_MOST)",
                        "growalert.example.name: must not be blank (GROWALERT_EXAMPLE_NAME)"));
    }

    @Test
    void a_plain_reason_is_the_whole_message() {
        assertThatThrownBy(() -> SERVICE.start(settings(Map.of("growalert.example.name", "unknown"))))
                .isInstanceOf(StartFailure.class)
                .hasMessage("farm.yaml:3: no greeting\nfarm.yaml:7: no name");
    }

    @Test
    void a_port_in_use_is_one_line_with_its_number() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThatThrownBy(() -> SERVICE.start(settings(Map.of("server.port", taken.getLocalPort()))))
                    .isInstanceOf(StartFailure.class)
                    .hasMessage("server.port %d is in use; stop what uses it or choose another"
                            .formatted(taken.getLocalPort()));
        }
    }

    private static Map<String, Object> settings(Map<String, Object> more) {
        var settings = new HashMap<String, Object>();
        settings.put("growalert.example.files", List.of("a.yaml"));
        settings.put("server.port", 0);
        settings.putAll(more);
        return settings;
    }
}
