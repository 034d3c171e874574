package io.growalert.billing.customer.settings;

import io.growalert.definitions.Secret;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
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
 * Prices, sessions, limits and mail of customers, {@code growalert.billing.customer.*}.
 *
 * @param prices lookup keys of the prices on offer, in the order in which they are shown, 1 to 10
 * @param trialDays length of the trial of a new subscription, 0 to 730
 * @param origins other origins that browsers may post from, such as {@code https://shop.example.com}
 * @param requestLease after which a request of a dead instance can be resumed; renewed while the instance works. Between 3 s and
 *     12 s: lower and higher values count as these
 * @param portal whether customers may open Stripe's Customer Portal
 */
public record CustomerSettings(
        @NotEmpty(message = MISSING_PRICES) @Size(max = 10) List<@NotBlank String> prices,

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
        @DefaultValue @Valid Mail mail,
        @DefaultValue("false") boolean portal) {
    private static final String MISSING_PRICES =
            "must not be empty; 'growalert billing setup' creates prices at Stripe and"
                    + " prints which variables to set";

    public CustomerSettings {
        prices = prices == null ? List.of() : List.copyOf(prices);
        origins = List.copyOf(origins);
    }

    /**
     * The price of one device: an amount and its currency, or a price at Stripe.
     *
     * @param amount of one device, in the currency's smallest unit; not used with a price
     * @param currency three lower-case letters, such as {@code eur}; not used with a price
     * @param maxQuantity the most devices of an order, 1 to 10,000
     * @param price the lookup key of a one-time price at Stripe; empty: the amount and the currency apply
     */
    public record Device(
            @DefaultValue("0") @Min(0) @Max(99_999_999) long amount,

            @Nullable @Pattern(regexp = "[a-z]{3}", message = "expected three lower-case letters, such as eur")
            String currency,

            @DefaultValue("100") @Min(1) @Max(10_000) int maxQuantity,
            @DefaultValue("") String price) {
        /** Stripe accepts eight digits. */
        public static final long MAX_AMOUNT = 99_999_999;

        public Device {
            if (price.isBlank() && (amount < 1 || currency == null)) {
                throw new IllegalArgumentException(
                        "customer.device: expected amount, from 1, and currency, or price, the lookup key of a price at Stripe");
            }
            if (amount > MAX_AMOUNT / Math.max(1, maxQuantity)) {
                throw new IllegalArgumentException(
                        "customer.device: amount times max-quantity must be at most %d".formatted(MAX_AMOUNT));
            }
        }
    }

    /**
     * The cookie {@code customer}.
     *
     * @param keys base64 of at least 32 random bytes each; the first signs, all verify, so that they can be rotated
     * @param expiry of a session
     * @param renewable how long after its expiry a session can be renewed
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
     * Limits against tests of stolen cards and against exhausting Stripe's rate limit.
     *
     * @param failuresPerCustomer failed payments of a customer within the window
     * @param failuresPerAddress failed payments from an address within the window
     * @param coolDown how long payments are refused after that
     * @param customersPerAddress new customers from an address within an hour
     * @param signInsPerNetwork sign-in links that a network may request within an hour: an address, in IPv6 64 bits of it
     * @param stripeCallsPerCustomer calls to Stripe that a customer may cause in a minute, about
     * @param stripeCallsPerAddress calls to Stripe that an address may cause in a minute without a session, about
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
     * The mail server of all mails to customers; templates and retention are in {@link io.growalert.billing.mail.MailSettings}.
     *
     * @param host of the SMTP server; empty: no mail is sent over the network
     * @param folder for mails as files, in place of the SMTP server; null: none
     * @param username empty: no authentication
     * @param from the sender's address; empty: the brand's name at {@code growalert@localhost}
     * @param site where customers reach the gateway, such as {@code https://growalert.example.com}; links lead there
     * @param page that follows the sign-in, within the site
     */
    public record Mail(
            @DefaultValue("") String host,
            @Nullable Path folder,
            @DefaultValue("25") @Min(1) @Max(65535) int port,
            @DefaultValue("") String username,
            @DefaultValue("") Secret password,
            @DefaultValue("none") Security security,

            @DefaultValue("") String from,
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
            if (!from.isBlank() && !isAddress(from)) {
                throw new IllegalArgumentException(
                        "customer.mail.from: expected one e-mail address, such as GrowAlert <billing@example.com>");
            }
        }

        private static boolean isAddress(String text) {
            try {
                new InternetAddress(text, true);
                return true;
            } catch (AddressException e) {
                return false;
            }
        }

        /** Whether links can be sent. */
        public boolean configured() {
            return site != null && (!host.isEmpty() || folder != null);
        }

        public enum Security {
            NONE,
            /** Encrypted after the greeting; a server without STARTTLS is rejected. */
            STARTTLS,
            /** Encrypted from the first byte. */
            SSL
        }
    }
}
