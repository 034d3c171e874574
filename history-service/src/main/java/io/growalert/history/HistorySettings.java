package io.growalert.history;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the history-service, {@code growalert.history.*}.
 *
 * @param kafka bootstrap servers, such as {@code 127.0.0.1:9092}
 * @param kafkaConfig a file with the settings of TLS and login; null without both
 * @param partitions of a topic that this service creates
 * @param sessionTimeout after how long without a heartbeat an instance counts as dead
 * @param raw how long each value is retained, 1 d to 1 year
 * @param rollups how long rollups, status, incidents and notifications are retained, not shorter than {@code raw}
 * @param streams of server-sent events at the same time, 1 to 10,000
 */
@Validated
@ConfigurationProperties("growalert.history")
public record HistorySettings(
        @NotBlank @DefaultValue("127.0.0.1:9092") String kafka,
        @Nullable Path kafkaConfig,
        @DefaultValue("12") @Min(1) @Max(1_000) int partitions,

        @DefaultValue("10s") @DurationMin(seconds = 1) @DurationMax(minutes = 5)
        Duration sessionTimeout,

        @DefaultValue("7d") @DurationMin(days = 1) @DurationMax(days = 366)
        Duration raw,

        @DefaultValue("90d") @DurationMin(days = 1) @DurationMax(days = 3_650)
        Duration rollups,

        @DefaultValue("200") @Min(1) @Max(10_000) int streams,
        @NotNull @Valid Database database) {

    @AssertTrue(message = "growalert.history.rollups must not be shorter than growalert.history.raw")
    boolean isRollupsLongEnough() {
        return rollups.compareTo(raw) >= 0;
    }

    /**
     * @param url such as {@code jdbc:postgresql://127.0.0.1:5432/growalert}
     * @param connections the most that are open at once, for storing
     * @param queryConnections the most that are open at once in addition, for the API
     */
    public record Database(
            @NotBlank String url,
            @NotBlank String username,
            @DefaultValue("") String password,
            @DefaultValue("6") @Min(3) @Max(100) int connections,
            @DefaultValue("4") @Min(1) @Max(100) int queryConnections) {
        @Override
        public String toString() {
            return "Database[url=%s, username=%s, password=***, connections=%d, queryConnections=%d]"
                    .formatted(url, username, connections, queryConnections);
        }
    }
}
