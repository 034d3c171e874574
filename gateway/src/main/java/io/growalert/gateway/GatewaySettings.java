package io.growalert.gateway;

import io.growalert.definitions.Secret;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
 * @param slowest how long a client may take to send a body
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
        @DefaultValue("15s") Duration slowest,
        @NotNull @Valid Backends backends,
        @NotNull @Valid Routes routes,
        @DefaultValue @Valid Breaker breaker,
        @DefaultValue @Valid Stripe stripe) {

    static final int SHORTEST_TOKEN = 20;

    @AssertTrue(message = "growalert.gateway.operator-token: set it, of at least 20 characters, or operator-token-file")
    boolean isTokenSet() {
        return operatorTokenFile != null || operatorToken.value().length() >= SHORTEST_TOKEN;
    }

    public record Backends(
            @NotNull @Valid Backend billing,
            @NotNull @Valid Backend monitors,
            @NotNull @Valid Backend dispatcher) {}

    /**
     * @param url such as {@code http://127.0.0.1:8083}
     * @param connections the most requests that are with it at once; what comes above them is refused
     * @param connect how long it may take to be reached
     */
    public record Backend(
            @NotNull URI url,
            @DefaultValue("128") @Min(1) @Max(10_000) int connections,
            @DefaultValue("2s") Duration connect) {

        @AssertTrue(message = "a url such as http://127.0.0.1:8083 is needed, without a path")
        boolean isUrlPlain() {
            return url.getHost() != null
                    && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"));
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
     */
    public record Route(
            @Min(1) @Max(1_000_000) long requests,
            @NotNull Duration per,
            @NotNull DataSize body,
            @NotNull Duration timeout) {}

    /**
     * A backend that failed in half of its last calls is left alone for a while.
     *
     * @param calls how many calls are looked at
     * @param pause for how long no call is made
     */
    public record Breaker(
            @DefaultValue("20") @Min(2) @Max(10_000) int calls,
            @DefaultValue("5s") Duration pause) {}

    /**
     * @param script the address of Stripe.js, or of what stands in for it
     * @param api what the script talks to
     */
    public record Stripe(
            @DefaultValue("https://js.stripe.com/dahlia/stripe.js")
            URI script,

            @DefaultValue("https://api.stripe.com") URI api) {

        boolean isStripesOwn() {
            return "https".equals(script.getScheme()) && "js.stripe.com".equals(script.getHost());
        }
    }
}
