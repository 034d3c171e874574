package io.growalert.billing.webhook;

import io.growalert.definitions.Secret;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How webhooks are verified, {@code growalert.billing.webhook.*}.
 *
 * @param secrets {@code whsec_...}; a signature by any of them is valid, so that they can be rotated
 * @param tolerance the largest difference between a signature's time and ours, before or after
 */
public record WebhookSettings(
        @NotEmpty List<@NotNull Secret> secrets,

        @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration tolerance) {
    public WebhookSettings {
        secrets = List.copyOf(secrets);
    }

    @AssertTrue(
            message =
                    "growalert.billing.webhook.secrets must not contain an empty secret: it would accept forged events")
    boolean isEachSecretThere() {
        return secrets.stream().noneMatch(secret -> secret.value().isBlank());
    }
}
