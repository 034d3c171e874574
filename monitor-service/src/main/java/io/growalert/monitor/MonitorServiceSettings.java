package io.growalert.monitor;

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
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the monitor-service.
 *
 * @param kafka bootstrap servers, such as {@code 127.0.0.1:9092}
 * @param kafkaConfig a file with the settings of TLS and login; null without both
 * @param files the definition files, which make one set
 * @param origin the name of that set; monitors of another origin stay unchanged
 * @param prune whether an empty set, or one without more than half of the published monitors, may remove monitors;
 *     applies to the first publication after the start
 * @param data a dedicated folder of this instance that survives restarts
 * @param partitions how many partitions a topic gets when it is created, 1 to 1,000
 * @param sessionTimeout the time without a heartbeat after which other instances take over, 1 s to 5 min
 * @param buffer the bytes of results buffered while Kafka is unavailable, in addition to at most 4 MiB in flight; 1 MB to
 *     16 GB
 * @param reloadEvery the interval between two checks of the definition files
 * @param warmUp the time after the opening of a source, or after a monitor was assigned, in which runs that end in a timeout or a
 *     source error are not published, until the source has responded once; at most 10 min
 * @param heartbeat the interval of the heartbeats of each assigned partition, 100 ms to 1 min
 * @param grace the time at a stop for running checks, and then for the acknowledgement of results
 */
@Validated
@ConfigurationProperties("growalert.monitor")
public record MonitorServiceSettings(
        @NotBlank @DefaultValue("127.0.0.1:9092") String kafka,
        @Nullable Path kafkaConfig,
        @NotEmpty List<Path> files,

        @Pattern(regexp = "[A-Za-z0-9._-]{1,64}") @DefaultValue("default")
        String origin,

        @DefaultValue("false") boolean prune,
        @NotNull Path data,
        @Min(1) @Max(1_000) @DefaultValue("12") int partitions,

        @NotNull @DefaultValue("10s") @DurationMin(seconds = 1) @DurationMax(minutes = 5)
        Duration sessionTimeout,

        @NotNull @DefaultValue("64MB") DataSize buffer,

        @NotNull @DefaultValue("2s") @DurationMin(millis = 50) @DurationMax(hours = 1)
        Duration reloadEvery,

        @NotNull @DefaultValue("5s") @DurationMin @DurationMax(minutes = 30)
        Duration grace,

        @NotNull @DefaultValue("30s") @DurationMin @DurationMax(minutes = 10)
        Duration warmUp,

        @NotNull @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 1)
        Duration heartbeat,

        @Valid @NotNull @DefaultValue DeadManSwitchSettings deadMan) {

    /**
     * Calls an external monitoring service by HTTP GET while checks run and their results are acknowledged; that service alerts
     * when the calls stop.
     *
     * @param url null for no such calls
     */
    public record DeadManSwitchSettings(
            @Nullable URI url,

            @NotNull @DefaultValue("60s") @DurationMin(millis = 100) @DurationMax(days = 1)
            Duration every) {}

    @AssertTrue(message = "growalert.monitor.buffer must be from 1MB to 16GB")
    boolean isBufferInRange() {
        return buffer.compareTo(DataSize.ofMegabytes(1)) >= 0 && buffer.compareTo(DataSize.ofGigabytes(16)) <= 0;
    }
}
