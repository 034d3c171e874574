package io.growalert.billing.customer.settings;

import io.growalert.definitions.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What customers are offered and held to, {@code growalert.billing.customer.*}.
 *
 * @param prices lookup keys of the prices that are offered, in the order in which they are shown, 1 to 10
 * @param trialDays how long a new subscription is free, 0 to 730
 * @param origins from which other origins browsers may post, such as {@code https://shop.example.com}
 * @param requestLease after which a request whose instance died can be resumed: it is renewed while the instance works. Less than
 *     3 s counts as 3 s, and more than 12 s as 12 s
 */
public record CustomerSettings(
        @NotEmpty @Size(max = 10) List<@NotBlank String> prices,
        @DefaultValue("0") @Min(0) @Max(730) int trialDays,

        @DefaultValue
        List<
                        @Pattern(
                                regexp = "https?://[^/?#@\\s]+",
                                message = "expected an origin, such as https://shop.example.com")
                        String>
                origins,

        @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration requestLease,

        @NotNull @Valid Device device,
        @NotNull @Valid Session session,
        @DefaultValue @Valid CustomerLimits limits,
        @DefaultValue @Valid Mail mail) {

    public CustomerSettings {
        prices = prices == null ? List.of() : List.copyOf(prices);
        origins = List.copyOf(origins);
    }

    /**
     * @param amount of one device, in the currency's smallest unit
     * @param currency three small letters, such as {@code eur}
     * @param maxQuantity how many can be ordered at once, 1 to 10,000
     */
    public record Device(
            @Min(1) @Max(99_999_999) long amount,

            @NotNull @Pattern(regexp = "[a-z]{3}", message = "expected three small letters, such as eur")
            String currency,

            @DefaultValue("100") @Min(1) @Max(10_000) int maxQuantity) {
        /** Stripe takes eight digits. */
        private static final long MAX_AMOUNT = 99_999_999;

        public Device {
            if (amount > MAX_AMOUNT / Math.max(1, maxQuantity)) {
                throw new IllegalArgumentException(
                        "customer.device: amount times max-quantity must be at most %d".formatted(MAX_AMOUNT));
            }
        }
    }

    /**
     * The cookie {@code customer}.
     *
     * @param keys base64 of at least 32 random bytes each; the first signs, all are good, so that they can be rotated
     * @param expiry how long a cookie is good for
     * @param renewable how long after that it can be renewed
     */
    public record Session(
            @NotEmpty List<@NotNull Secret> keys,

            @DefaultValue("30d") @DurationMin(seconds = 1) @DurationMax(days = 200)
            Duration expiry,

            @DefaultValue("180d") @DurationMin @DurationMax(days = 200)
            Duration renewable) {
        public Session {
            keys = keys == null ? List.of() : List.copyOf(keys);
        }
    }

    /**
     * Against those who try stolen cards, or use up what Stripe allows us.
     *
     * @param failuresPerCustomer how many payments of a customer may fail within the window
     * @param failuresPerAddress how many payments from an address may fail within the window
     * @param coolDown how long no payment is tried after that
     * @param customersPerAddress how many customers are made from an address within an hour
     * @param signInsPerNetwork how many links that sign in a network may request within an hour: an address, in IPv6 64 bits of it
     * @param stripeCallsPerCustomer how many calls to Stripe a customer causes in a minute, about
     * @param stripeCallsPerAddress how many calls to Stripe an address causes in a minute before there is a customer, about
     */
    public record CustomerLimits(
            @DefaultValue("5") @Min(1) @Max(1_000) int failuresPerCustomer,
            @DefaultValue("10") @Min(1) @Max(10_000) int failuresPerAddress,

            @DefaultValue("1h") @DurationMin(seconds = 1) @DurationMax(days = 7)
            Duration window,

            @DefaultValue("1h") @DurationMin(seconds = 1) @DurationMax(days = 7)
            Duration coolDown,

            @DefaultValue("20") @Min(1) @Max(100_000) int customersPerAddress,
            @DefaultValue("50") @Min(1) @Max(100_000) int signInsPerNetwork,
            @DefaultValue("60") @Min(1) @Max(100_000) int stripeCallsPerCustomer,
            @DefaultValue("300") @Min(1) @Max(100_000) int stripeCallsPerAddress) {}

    /**
     * Where the links that sign in are handed in.
     *
     * @param host of the SMTP server; empty: no mail is sent over the network
     * @param folder mails are written there as files instead, whatever the host; null: they are not
     * @param username empty: nobody logs in
     * @param from the sender's address
     * @param site where customers reach us, such as {@code https://growalert.example.com}; the link leads there
     * @param page where the link's reader gets to, within the site
     */
    public record Mail(
            @DefaultValue("") String host,
            @Nullable Path folder,
            @DefaultValue("25") @Min(1) @Max(65535) int port,
            @DefaultValue("") String username,
            @DefaultValue("") Secret password,
            @DefaultValue("none") Security security,

            @DefaultValue("GrowAlert <growalert@localhost>") @NotBlank
            String from,

            @Nullable URI site,

            @DefaultValue("/register.html")
            @Pattern(regexp = "/(?![/\\\\]).*", message = "expected a path, such as /register.html")
            String page) {

        public Mail {
            if (site == null && (!host.isEmpty() || folder != null)) {
                throw new IllegalArgumentException(
                        "customer.mail.site: required because customer.mail.%s is set; expected the address at which customers reach the gateway"
                                .formatted(folder == null ? "host" : "folder"));
            }
        }

        /** Whether links can be sent. */
        public boolean configured() {
            return site != null && (!host.isEmpty() || folder != null);
        }

        public enum Security {
            NONE,
            /** Encrypted from the greeting on; a server that cannot do it is refused. */
            STARTTLS,
            /** Encrypted from the first byte on. */
            SSL
        }
    }
}
