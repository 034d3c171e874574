package io.growalert.gateway;

import io.growalert.definitions.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the gateway, {@code growalert.gateway.*}.
 *
 * @param operatorToken what opens {@code /api}, at least 20 characters; or
 * @param operatorTokenFile the file that holds it
 * @param billing whether there is a billing-service; without one its routes and the customers' pages are not there
 * @param proxies addresses or networks, such as {@code 10.0.0.0/8}, whose {@code X-Forwarded-*} is believed
 * @param origins pages of other sites that may use the customers API, such as {@code https://shop.example.com}
 * @param memory what bodies that are on their way may take, all together
 * @param slowest how long a client may take to send its headers, and again to send a body
 * @param keepAlive how long a connection stays open between two requests
 * @param connectionsPerAddress how many connections one address has at once, unless it is a proxy's
 * @param wrongTokens how many wrong operator tokens of one address are answered 401; those above them 429
 */
@Validated
@ConfigurationProperties("growalert.gateway")
public record GatewaySettings(
        @DefaultValue("") Secret operatorToken,
        @Nullable Path operatorTokenFile,
        @DefaultValue("true") boolean billing,
        @DefaultValue List<String> proxies,
        @DefaultValue List<String> origins,
        @DefaultValue("64MB") DataSize memory,

        @DefaultValue("15s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration slowest,

        @DefaultValue("30s") @DurationMin(millis = 1) @DurationMax(minutes = 10)
        Duration keepAlive,

        @DefaultValue("256") @Min(1) @Max(8192) int connectionsPerAddress,
        @DefaultValue @Valid Rate wrongTokens,
        @NotNull @Valid Backends backends,
        @NotNull @Valid Routes routes,
        @DefaultValue @Valid Breaker breaker,
        @DefaultValue @Valid Stripe stripe) {

    static final int SHORTEST_TOKEN = 20;

    @AssertTrue(message = "growalert.gateway.operator-token: set it, of at least 20 characters, or operator-token-file")
    boolean isTokenSet() {
        return operatorTokenFile != null || operatorToken.value().length() >= SHORTEST_TOKEN;
    }

    @AssertTrue(message = "expected 1KB to 1GB")
    boolean isMemory() {
        return isBetween(DataSize.ofKilobytes(1), memory, DataSize.ofGigabytes(1));
    }

    @AssertTrue(message = "expected sites such as https://shop.example.com, without a path")
    boolean isOrigins() {
        return origins.stream().allMatch(GatewaySettings::isOrigin);
    }

    private static boolean isOrigin(String origin) {
        try {
            return isPlain(new URI(origin)) && !origin.endsWith("/");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isWeb(URI address) {
        return address.getHost() != null && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()));
    }

    private static boolean isPlain(URI address) {
        return isWeb(address)
                && (address.getRawPath().isEmpty() || address.getRawPath().equals("/"))
                && address.getRawQuery() == null
                && address.getRawFragment() == null
                && address.getRawUserInfo() == null;
    }

    private static boolean isBetween(DataSize least, DataSize size, DataSize most) {
        return size.compareTo(least) >= 0 && size.compareTo(most) <= 0;
    }

    public record Backends(
            @NotNull @Valid Backend billing,
            @NotNull @Valid Backend monitors,
            @NotNull @Valid Backend dispatcher) {}

    /**
     * @param url such as {@code http://127.0.0.1:8083}
     * @param connections the most requests of one route that are with it at once; what comes above them is refused
     * @param connect how long it may take to be reached
     */
    public record Backend(
            @NotNull URI url,
            @DefaultValue("128") @Min(1) @Max(10_000) int connections,

            @DefaultValue("2s") @DurationMin(millis = 1) @DurationMax(minutes = 1)
            Duration connect) {

        @AssertTrue(message = "a url such as http://127.0.0.1:8083 is needed, without a path")
        boolean isUrl() {
            return isPlain(url);
        }
    }

    public record Routes(
            @NotNull @Valid Route customers,
            @NotNull @Valid Route webhook,
            @NotNull @Valid Route api,
            @NotNull @Valid Route pages) {}

    /**
     * @param requests how many requests of one address are taken at once, and
     * @param per in which time as many come back
     * @param body the largest body
     * @param timeout how long the backend may be silent
     * @param longest how long an answer may take from the asking until the client has all of it
     */
    public record Route(
            @Min(1) @Max(1_000_000) long requests,

            @NotNull @DurationMin(millis = 1) @DurationMax(days = 1)
            Duration per,

            @NotNull DataSize body,

            @NotNull @DurationMin(millis = 1) @DurationMax(days = 1)
            Duration timeout,

            @NotNull @DurationMin(millis = 1) @DurationMax(days = 1)
            Duration longest) {

        @AssertTrue(message = "expected 1B to 1GB")
        boolean isBody() {
            return isBetween(DataSize.ofBytes(1), body, DataSize.ofGigabytes(1));
        }

        Rate rate() {
            return new Rate(requests, per);
        }
    }

    /**
     * @param requests how many are taken at once, and
     * @param per in which time as many come back
     */
    public record Rate(
            @DefaultValue("20") @Min(1) @Max(1_000_000) long requests,

            @DefaultValue("1m") @DurationMin(millis = 1) @DurationMax(days = 1)
            Duration per) {

        /** In which time one comes back. */
        Duration next() {
            return per.dividedBy(requests);
        }
    }

    /**
     * A backend that failed in half of its last calls is left alone for a while.
     *
     * @param calls how many calls are looked at
     * @param pause for how long no call is made
     */
    public record Breaker(
            @DefaultValue("20") @Min(2) @Max(10_000) int calls,

            @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(hours = 1)
            Duration pause) {}

    /**
     * @param script the address of Stripe.js, or of what stands in for it
     * @param api what the script talks to
     */
    public record Stripe(
            @DefaultValue("https://js.stripe.com/dahlia/stripe.js")
            URI script,

            @DefaultValue("https://api.stripe.com") URI api) {

        @AssertTrue(message = "expected an http or https address such as https://js.stripe.com/dahlia/stripe.js")
        boolean isScript() {
            return isWeb(script);
        }

        @AssertTrue(message = "expected an http or https address such as https://api.stripe.com")
        boolean isApi() {
            return isWeb(api);
        }

        boolean isStripesOwn() {
            return "https".equals(script.getScheme()) && "js.stripe.com".equals(script.getHost());
        }
    }
}
