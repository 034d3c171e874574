package io.growalert.billing;

import io.growalert.billing.apply.ApplySettings;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.doctor.DoctorSettings;
import io.growalert.billing.mail.MailSettings;
import io.growalert.billing.outbox.OutboxSettings;
import io.growalert.billing.reconcile.ReconcileSettings;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.billing.webhook.WebhookSettings;
import io.growalert.definitions.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the billing-service, {@code growalert.billing.*}.
 *
 * @param kafka bootstrap servers, such as {@code 127.0.0.1:9092}
 * @param kafkaConfig a file with the settings of TLS and login; null without both
 * @param partitions of a topic that the service creates
 */
@Validated
@ConfigurationProperties("growalert.billing")
public record BillingSettings(
        @NotBlank @DefaultValue("127.0.0.1:9092") String kafka,
        @Nullable Path kafkaConfig,
        @DefaultValue("12") @Min(1) @Max(1_000) int partitions,
        @NotNull @Valid Database database,
        @NotNull @Valid StripeSettings stripe,
        @NotNull @Valid WebhookSettings webhook,
        @DefaultValue @Valid ApplySettings ledger,
        @DefaultValue @Valid OutboxSettings outbox,
        @DefaultValue @Valid ReconcileSettings reconcile,
        @DefaultValue @Valid DoctorSettings doctor,
        @DefaultValue @Valid CustomerSettings customer,
        @DefaultValue @Valid MailSettings mail) {

    /**
     * @param url such as {@code jdbc:postgresql://127.0.0.1:5432/growalert}
     * @param connections the size of the pool
     */
    public record Database(
            @NotBlank String url,
            @NotBlank String username,
            @DefaultValue("") Secret password,
            @DefaultValue("12") @Min(6) @Max(100) int connections) {}
}
