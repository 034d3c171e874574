package io.growalert.dispatcher.route;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * When a branch notifies.
 *
 * @param active inside of one of them; always when there is none
 * @param mute and outside of all of them
 */
public record NotificationHours(List<TimeInterval> active, List<TimeInterval> mute) {
    /** Intervals repeat by the week, so what is not reached within two is not reached at all. */
    private static final Duration HORIZON = Duration.ofDays(15);

    private static final Instant SOME_MONDAY = Instant.parse("2026-01-05T00:00:00Z");

    /** No restriction; after the constants that its validation needs. */
    public static final NotificationHours ALWAYS = new NotificationHours(List.of(), List.of());

    /** @throws IllegalArgumentException there is no such time */
    public NotificationHours {
        active = List.copyOf(active);
        mute = List.copyOf(mute);
        if (!allowed(active, mute, opening(active, mute, SOME_MONDAY))) {
            throw new IllegalArgumentException("no time is inside of the active and outside of the mute intervals");
        }
    }

    /** The end of the time without notifications that contains this instant; empty when notifications are allowed. */
    public Optional<Instant> heldUntil(Instant now) {
        var opening = opening(active, mute, now);
        return opening.equals(now) ? Optional.empty() : Optional.of(opening);
    }

    private static Instant opening(List<TimeInterval> active, List<TimeInterval> mute, Instant now) {
        var latest = now.plus(HORIZON);
        var next = now;
        while (!allowed(active, mute, next) && next.isBefore(latest)) {
            next = nextChange(active, mute, next);
        }
        return next;
    }

    private static boolean allowed(List<TimeInterval> active, List<TimeInterval> mute, Instant instant) {
        return mute.stream().noneMatch(interval -> interval.contains(instant))
                && (active.isEmpty() || active.stream().anyMatch(interval -> interval.contains(instant)));
    }

    /** When the mute intervals that contain this instant have ended, or else the next active one begins. */
    private static Instant nextChange(List<TimeInterval> active, List<TimeInterval> mute, Instant instant) {
        return mute.stream()
                .flatMap(interval -> interval.end(instant).stream())
                .max(Comparator.naturalOrder())
                .or(() -> active.stream()
                        .map(interval -> interval.nextStart(instant))
                        .min(Comparator.naturalOrder()))
                .orElse(instant);
    }
}
