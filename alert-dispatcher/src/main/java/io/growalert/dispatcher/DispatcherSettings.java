package io.growalert.dispatcher;

import io.growalert.definitions.Secret;
import io.growalert.dispatcher.deadman.DeadManCall;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.link.AckLinks;
import io.growalert.dispatcher.link.LinkKey;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The dispatcher's settings, {@code growalert.dispatcher.*}.
 *
 * @param kafka bootstrap servers, such as {@code 127.0.0.1:9092}
 * @param kafkaConfig a file with the settings of TLS and login; null without both
 * @param files definition files; their {@code receivers} are read
 * @param data a folder that only this instance uses and that survives restarts
 * @param partitions of a topic that this service creates
 * @param sessionTimeout after how long without a heartbeat an instance counts as dead
 * @param transactionTimeout after how long the broker aborts the open transaction of an instance that died; longer than Kafka's
 *     {@code broker.session.timeout.ms}, or the loss of a broker aborts those of all instances
 * @param shutdownGrace how long a stop waits for the handlers that are running
 * @param poll the interval of queries for due deliveries while no event arrives
 * @param history how long an incident is retained with its events and deliveries after it ended, 1 d to 10 years
 * @param ownAlertDelay how long a monitor itself must be failing (errors, no rows, dropped rows, too many series) before its own alert
 *     fires, whatever its policy is; silence has a separate limit
 * @param mail the mail server of e-mail receivers that configure none
 * @param publicUrl where operators reach the gateway, the base of links in messages; empty: no links
 * @param linkKey signs the links in messages that acknowledge, base64 of at least 32 bytes; empty: no such links
 * @param deadMan the dead man's call for the whole chain
 */
@Validated
@ConfigurationProperties("growalert.dispatcher")
public record DispatcherSettings(
        @NotBlank @DefaultValue("127.0.0.1:9092") String kafka,
        @Nullable Path kafkaConfig,
        @DefaultValue @NotEmpty List<Path> files,
        @NotNull Path data,
        @DefaultValue("12") @Min(1) @Max(1_000) int partitions,

        @DefaultValue("10s") @DurationMin(seconds = 1) @DurationMax(minutes = 5)
        Duration sessionTimeout,

        @DefaultValue("15s") @DurationMin(seconds = 3) @DurationMax(minutes = 1)
        Duration transactionTimeout,

        @DefaultValue("10s") @DurationMin @DurationMax(minutes = 30)
        Duration shutdownGrace,

        @DefaultValue("1s") @DurationMin(millis = 10) @DurationMax(minutes = 1)
        Duration poll,

        @DefaultValue("90d") @DurationMin(days = 1) @DurationMax(days = 3_650)
        Duration history,

        @DefaultValue("30s") @DurationMin @DurationMax(hours = 1)
        Duration ownAlertDelay,

        @NotNull @Valid Database database,
        @DefaultValue @Valid MailServer mail,

        @DefaultValue("")
        @Pattern(regexp = "(https?://[^/?#]+[^?#]*)?", message = "must be a URL such as https://alerts.example.com")
        String publicUrl,

        @DefaultValue("") Secret linkKey,
        @NotNull @Valid @DefaultValue DeadManSettings deadMan) {

    @AssertTrue(message = "growalert.dispatcher.link-key: expected base64 of at least 32 bytes, or nothing")
    boolean isLinkKey() {
        return linkKey.value().isBlank() || LinkKey.parse(linkKey).isPresent();
    }

    /** Empty unless both settings are there. */
    Optional<AckLinks> ackLinks() {
        return AckLinks.of(publicAddress(), LinkKey.parse(linkKey));
    }

    Optional<URI> publicAddress() {
        return Optional.of(publicUrl).filter(url -> !url.isEmpty()).map(URI::create);
    }

    /**
     * @param url such as {@code jdbc:postgresql://127.0.0.1:5432/growalert}
     * @param connections the most that are open at once, beside one of the instance that publishes notifications
     */
    public record Database(
            @NotBlank String url,
            @NotBlank String username,
            @DefaultValue("") Secret password,
            @DefaultValue("6") @Min(3) @Max(100) int connections) {}

    /**
     * Calls an external monitoring service while the heartbeats of all partitions arrive; that service alerts when the calls stop.
     *
     * @param url http or https; null for no such calls
     * @param every the interval of the calls
     * @param timeout of one call, 100 ms to 1 min
     * @param staleAfter a partition whose last heartbeat is older stops the calls, 1 s to 1 h
     */
    public record DeadManSettings(
            @Nullable URI url,
            @NotNull @DefaultValue("GET") DeadManCall.Method method,

            @NotNull @DefaultValue("60s") @DurationMin(millis = 100) @DurationMax(days = 1)
            Duration every,

            @NotNull @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 1)
            Duration timeout,

            @NotNull @DefaultValue("60s") @DurationMin(seconds = 1) @DurationMax(hours = 1)
            Duration staleAfter) {

        @AssertTrue(message = "growalert.dispatcher.dead-man.url must be an http or https URL with a host")
        boolean isUrlValid() {
            return url == null
                    || (("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))
                            && url.getHost() != null);
        }

        /** Without the URL, whose path is a secret at most services. */
        @Override
        public String toString() {
            return "DeadManSettings[url=%s, method=%s, every=%s, timeout=%s, staleAfter=%s]"
                    .formatted(url == null ? "none" : "***", method, every, timeout, staleAfter);
        }
    }

    public DispatcherSettings {
        files = List.copyOf(files);
    }
}
