package io.growalert.gateway.status;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of the monitors of a page, as the history-service reports it; what a page does not show is left out.
 *
 * @param asOf until which results are known
 * @param status the worst of the monitors'; null when nothing is known
 * @param total of monitors; more than {@code monitors} has when there are too many for a page
 * @param incidents open ones and recent ones
 */
public record StatusReport(
        Instant asOf, @Nullable String status, int total, List<Monitor> monitors, List<Incident> incidents) {
    public StatusReport {
        Objects.requireNonNull(asOf, "asOf");
        monitors = copy(monitors);
        incidents = copy(incidents);
        total = Math.max(total, monitors.size());
    }

    private static <T> List<T> copy(@Nullable List<T> given) {
        return given == null ? List.of() : List.copyOf(given);
    }

    /**
     * @param title null: the id
     * @param bar equal periods, the earliest first
     */
    public record Monitor(
            String id,
            @Nullable String title,
            @Nullable String status,
            @Nullable Instant since,
            List<Period> bar) {
        public Monitor {
            Objects.requireNonNull(id, "id");
            bar = copy(bar);
        }
    }

    /** @param status the worst; null when nothing is known, or there was no monitor */
    public record Period(
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String status) {}

    /** @param to null while it is open */
    public record Incident(
            String monitor,
            @Nullable Instant from,
            @Nullable Instant to) {
        public Incident {
            Objects.requireNonNull(monitor, "monitor");
        }
    }
}
