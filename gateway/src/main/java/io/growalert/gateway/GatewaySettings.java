package io.growalert.gateway;

import io.growalert.definitions.Secret;
import io.growalert.runtime.http.Role;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param operatorToken of the admin {@code operator}, for {@code /api} and {@code /docs}, at least 20 characters; or
 * @param operatorTokenFile the file that contains it
 * @param operatorsFile the named operators, see {@link OperatorsFile}
 * @param identity the keys of the identity that services get
 * @param session of browsers that operators sign in with
 * @param oidc a provider at which operators may sign in; null for none
 * @param billing whether there is a billing-service; without one its routes and the customers' pages are not found
 * @param proxies addresses or networks, such as {@code 10.0.0.0/8}, whose {@code X-Forwarded-*} headers are trusted
 * @param origins origins of other sites that may use the customers API, such as {@code https://shop.example.com}
 * @param definitions files with status pages
 * @param historyUrl of the history-service; without one, its routes are 503
 * @param streams server-sent events at the same time
 * @param memory for the bodies of all requests in progress
 * @param slowest how long a client may take for its headers, and again for a body
 * @param keepAlive how long a connection stays open between two requests
 * @param connectionsPerAddress open connections of one address that is no proxy
 * @param wrongTokens wrong operator tokens of one address that get 401; further ones get 429
 */
@Validated
@ConfigurationProperties("growalert.gateway")
public record GatewaySettings(
        @DefaultValue("") Secret operatorToken,
        @Nullable Path operatorTokenFile,
        @Nullable Path operatorsFile,
        @DefaultValue Identity identity,
        @DefaultValue @Valid Session session,
        @Nullable @Valid Oidc oidc,
        @DefaultValue("true") boolean billing,
        @DefaultValue List<Path> definitions,
        @Nullable URI historyUrl,
        @DefaultValue("200") @Min(1) @Max(10_000) int streams,
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
        return operatorTokenFile != null
                || operatorToken.value().length() >= SHORTEST_TOKEN
                || (operatorsFile != null && operatorToken.value().isEmpty());
    }

    @AssertTrue(message = "a url such as http://127.0.0.1:8085 is needed, without a path")
    boolean isHistoryUrl() {
        return historyUrl == null || isPlain(historyUrl);
    }

    Optional<Backend> history() {
        return Optional.ofNullable(historyUrl).map(url -> new Backend(url, 128, Duration.ofSeconds(2)));
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

    /**
     * @param privateKeyFile a JWK, created when it is missing; without it, each start has a new key
     * @param publicKeyFile written at each start, for {@code growalert.identity.public-key-file} of the services
     */
    public record Identity(
            @Nullable Path privateKeyFile, @Nullable Path publicKeyFile) {}

    /**
     * @param keyFile the key that seals the cookie, as a JWK, created when it is missing; without it, each start ends the sessions
     * @param lifetime from the sign-in
     */
    public record Session(
            @Nullable Path keyFile,

            @DefaultValue("8h") @DurationMin(minutes = 1) @DurationMax(days = 30)
            Duration lifetime) {}

    /**
     * @param issuer as it is in ID tokens; its metadata is at {@code /.well-known/openid-configuration} below it
     * @param clientSecret empty for a public client
     * @param groupsClaim of ID tokens: a list of texts, or one text
     * @param nameClaim of ID tokens: the operator's name; without it, the subject
     * @param roles by group; the highest counts, and a user without one has no entry
     */
    public record Oidc(
            @NotNull URI issuer,
            @NotBlank String clientId,
            @DefaultValue("") Secret clientSecret,
            @DefaultValue("groups") String groupsClaim,
            @DefaultValue("preferred_username") String nameClaim,
            @DefaultValue({"openid", "profile", "email"}) List<String> scopes,
            @NotEmpty Map<String, Role> roles) {

        @AssertTrue(message = "expected an http or https address such as https://login.example.com/realms/farm")
        boolean isIssuer() {
            return isWeb(issuer);
        }

        @AssertTrue(message = "expected openid as one of them")
        boolean isScopes() {
            return scopes.contains("openid");
        }
    }

    public record Backends(
            @NotNull @Valid Backend billing,
            @NotNull @Valid Backend monitors,
            @NotNull @Valid Backend dispatcher) {}

    /**
     * @param url such as {@code http://127.0.0.1:8083}
     * @param connections concurrent requests of one route; further ones are refused
     * @param connect the connect timeout
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
            @NotNull @Valid Route live,
            @NotNull @Valid Route ack,
            @NotNull @Valid Route pages,
            @NotNull @Valid Route console) {}

    /**
     * @param requests burst of requests of one address, and
     * @param per the time in which as many more are allowed
     * @param body the largest body
     * @param timeout how long the backend may send nothing
     * @param longest from the request until the client has the complete response
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
     * @param requests the burst, and
     * @param per the time in which as many more are allowed
     */
    public record Rate(
            @DefaultValue("20") @Min(1) @Max(1_000_000) long requests,

            @DefaultValue("1m") @DurationMin(millis = 1) @DurationMax(days = 1)
            Duration per) {

        /** The time until one more is allowed. */
        Duration next() {
            return per.dividedBy(requests);
        }
    }

    /**
     * The circuit breaker of a route opens when half of its last calls failed.
     *
     * @param calls the size of the window
     * @param pause how long it stays open
     */
    public record Breaker(
            @DefaultValue("20") @Min(2) @Max(10_000) int calls,

            @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(hours = 1)
            Duration pause) {}

    /**
     * @param script the address of Stripe.js, or of its stand-in
     * @param api the address that the script calls
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
