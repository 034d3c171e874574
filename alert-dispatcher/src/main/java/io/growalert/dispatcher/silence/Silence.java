package io.growalert.dispatcher.silence;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.growalert.evaluation.match.Matcher;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the notifications of the events that all its matchers match, from its start to its end.
 *
 * @param matchers in their text form
 * @param endsAt null: when its cause ends
 * @param endedAt when it was ended, by its time, its cause or an operator; null before
 */
public record Silence(
        String id,
        List<String> matchers,
        Instant startsAt,
        @Nullable Instant endsAt,
        String comment,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant endedAt,
        Origin origin) {
    /** Where a silence comes from. */
    public enum Origin {
        @JsonProperty("api")
        API("api"),
        /** The mute of one monitor. */
        @JsonProperty("monitor")
        MONITOR("monitor"),
        /** An occurrence of a recurring window of the definition files. */
        @JsonProperty("window")
        WINDOW("window"),
        /** A firing alert, by a rule of the definition files. */
        @JsonProperty("inhibition")
        INHIBITION("inhibition");

        private final String text;

        Origin(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        static Origin of(String text) {
            for (var origin : values()) {
                if (origin.text.equals(text)) {
                    return origin;
                }
            }
            throw new IllegalArgumentException(text);
        }
    }

    /** The lifecycle of a silence. */
    public enum State {
        @JsonProperty("pending")
        PENDING,
        @JsonProperty("active")
        ACTIVE,
        @JsonProperty("ended")
        ENDED
    }

    /**
     * What a client can choose.
     *
     * @param startsAt null: now, or unchanged when a silence is changed
     */
    public record Terms(List<Matcher> matchers, @Nullable Instant startsAt, Instant endsAt, String comment) {
        public Terms {
            matchers = List.copyOf(matchers);
            startsAt = startsAt == null ? null : startsAt.truncatedTo(ChronoUnit.MICROS);
            endsAt = endsAt.truncatedTo(ChronoUnit.MICROS);
        }
    }

    /** Whether one of the matchers requires a label; without one, a mistake could hold every notification. */
    public static boolean isSelective(List<Matcher> matchers) {
        return matchers.stream().anyMatch(matcher -> !matcher.test(Map.of()));
    }

    public Silence {
        matchers = List.copyOf(matchers);
    }

    public State state(Instant now) {
        if (endedAt != null || (endsAt != null && !endsAt.isAfter(now))) {
            return State.ENDED;
        }
        return startsAt.isAfter(now) ? State.PENDING : State.ACTIVE;
    }
}
