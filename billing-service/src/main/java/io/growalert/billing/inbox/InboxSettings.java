package io.growalert.billing.inbox;

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
 * How webhooks are taken, {@code growalert.billing.webhook.*}.
 *
 * @param secrets {@code whsec_...}; a signature by any of them is good, so that they can be rotated
 * @param tolerance how far a signature's time may be from ours, before or after
 */
public record InboxSettings(
        @NotEmpty List<@NotNull Secret> secrets,

        @DefaultValue("5m") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration tolerance) {
    public InboxSettings {
        secrets = List.copyOf(secrets);
    }

    @AssertTrue(message = "growalert.billing.webhook.secrets must not hold an empty one: anybody could sign with it")
    boolean isEachSecretThere() {
        return secrets.stream().noneMatch(secret -> secret.value().isBlank());
    }
}
