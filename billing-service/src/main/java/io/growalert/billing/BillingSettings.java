package io.growalert.billing;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.inbox.InboxSettings;
import io.growalert.billing.ledger.LedgerSettings;
import io.growalert.billing.outbox.OutboxSettings;
import io.growalert.billing.reconcile.ReconcileSettings;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.definitions.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the billing-service, {@code growalert.billing.*}.
 *
 * @param kafka bootstrap servers, such as {@code 127.0.0.1:9092}
 * @param partitions how many partitions a topic gets that is missing
 * @param operatorToken what {@code /api/billing} asks for; empty: it lets in programs that ask for this machine, and no browser
 */
@Validated
@ConfigurationProperties("growalert.billing")
public record BillingSettings(
        @NotBlank @DefaultValue("127.0.0.1:9092") String kafka,
        @DefaultValue("12") @Min(1) @Max(1_000) int partitions,
        @NotNull @DefaultValue("") Secret operatorToken,
        @NotNull @Valid Database database,
        @NotNull @Valid StripeSettings stripe,
        @NotNull @Valid InboxSettings webhook,
        @DefaultValue @Valid LedgerSettings ledger,
        @DefaultValue @Valid OutboxSettings outbox,
        @DefaultValue @Valid ReconcileSettings reconcile,
        @DefaultValue @Valid CustomerSettings customer) {

    /**
     * @param url such as {@code jdbc:postgresql://127.0.0.1:5432/growalert}
     * @param connections the most that are open at once
     */
    public record Database(
            @NotBlank String url,
            @NotBlank String username,
            @DefaultValue("") Secret password,
            @DefaultValue("12") @Min(6) @Max(100) int connections) {}
}
