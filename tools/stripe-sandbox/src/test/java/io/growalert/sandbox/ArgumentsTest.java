package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static final String URL = "http://127.0.0.1:8080/webhook";

    @Test
    void without_arguments_it_listens_at_its_usual_port_and_keeps_nothing() {
        var options = Arguments.options(List.of(), Map.of());

        assertThat(options.port()).isEqualTo(12_111);
        assertThat(options.journal()).isNull();
        assertThat(options.webhookUrl()).isNull();
    }

    @Test
    void every_argument_is_read() {
        var options = Arguments.options(
                List.of("--port", "0", "--webhook-url", URL, "--webhook-secret", "whsec_a", "--journal", "a/b.jsonl"),
                Map.of());

        assertThat(options.port()).isZero();
        assertThat(options.webhookUrl()).isEqualTo(URI.create(URL));
        assertThat(options.webhookSecret()).isEqualTo("whsec_a");
        assertThat(options.journal()).isEqualTo(Path.of("a/b.jsonl"));
    }

    @Test
    void prices_are_there_from_the_start() {
        var options =
                options("--price", "monthly:Farm:1900:eur:month", "--price", "yearly:Farm, a year:19000:eur:year");

        assertThat(options.prices())
                .containsExactly(
                        new PlanPrice("monthly", "Farm", 1_900, "eur", "month"),
                        new PlanPrice("yearly", "Farm, a year", 19_000, "eur", "year"));
        assertThatThrownBy(() -> options("--price", "monthly")).hasMessageContaining("--price must be as");
        assertThatThrownBy(() -> options("--price", "monthly:Farm:1900:eur:decade"))
                .hasMessageContaining("interval");
    }

    @Test
    void the_secret_may_come_from_the_environment() {
        var options =
                Arguments.options(List.of("--webhook-url", URL), Map.of("STRIPE_SANDBOX_WEBHOOK_SECRET", "whsec_env"));

        assertThat(options.webhookSecret()).isEqualTo("whsec_env");
    }

    @Test
    void what_is_wrong_is_named() {
        assertThatThrownBy(() -> options("--prot", "1")).hasMessageContaining("--prot is unknown");
        assertThatThrownBy(() -> options("--port")).hasMessage("--port needs a value");
        assertThatThrownBy(() -> options("--port", "99999")).hasMessageContaining("65535");
        assertThatThrownBy(() -> options("--webhook-url", "nowhere"))
                .hasMessageContaining("--webhook-url must be a URL");
    }

    private static Options options(String... arguments) {
        return Arguments.options(List.of(arguments), Map.of());
    }
}
