package io.growalert.billing.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.stripe.WebhookSignature.Verdict;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class WebhookSecretHealthTest {
    private Instant now = Instant.parse("2026-11-27T10:00:00Z");
    private final WebhookSecretHealth health = new WebhookSecretHealth(() -> now);

    @Test
    void a_secret_that_never_fits_is_an_error_once_and_degraded(CapturedOutput output) {
        forged(4);
        assertThat(status()).isEqualTo("UP");

        forged(96);

        assertThat(status()).isEqualTo("DEGRADED");
        assertThat(health.health().getDetails().get("reason"))
                .asString()
                .contains("growalert.billing.webhook.secrets", "STRIPE_WEBHOOK_SECRET");
        assertThat(output.getAll().lines().filter(line -> line.contains("All webhook signatures invalid")))
                .hasSize(1);
    }

    @Test
    void a_valid_signature_ends_it() {
        forged(5);
        health.checked(Verdict.GOOD);

        assertThat(status()).isEqualTo("UP");
    }

    @Test
    void an_old_valid_signature_shows_that_the_secret_is_right() {
        forged(5);
        health.checked(Verdict.TOO_OLD);

        assertThat(status()).isEqualTo("UP");
    }

    @Test
    void forged_webhooks_change_nothing_while_valid_ones_arrive() {
        for (int minute = 0; minute < 60; minute++) {
            health.checked(Verdict.GOOD);
            forged(100);
            now = now.plus(Duration.ofMinutes(1));
            assertThat(status()).as("minute %d", minute).isEqualTo("UP");
        }
    }

    @Test
    void a_secret_that_was_replaced_at_stripe_shows_after_ten_minutes() {
        health.checked(Verdict.GOOD);
        now = now.plus(Duration.ofMinutes(9));
        forged(5);
        assertThat(status()).isEqualTo("UP");

        now = now.plus(Duration.ofMinutes(1));
        forged(1);

        assertThat(status()).isEqualTo("DEGRADED");
    }

    @Test
    void a_malformed_signature_does_not_count() {
        for (int i = 0; i < 100; i++) {
            health.checked(Verdict.MALFORMED);
        }

        assertThat(status()).isEqualTo("UP");
    }

    private void forged(int times) {
        for (int i = 0; i < times; i++) {
            health.checked(Verdict.FORGED);
        }
    }

    private String status() {
        return health.health().getStatus().getCode();
    }
}
