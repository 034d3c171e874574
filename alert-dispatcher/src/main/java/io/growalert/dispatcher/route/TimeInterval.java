package io.growalert.dispatcher.route;

import io.growalert.definitions.Section;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Hours on days of the week in a time zone, such as {@code mon-fri 22:00-06:00 Europe/Berlin}. It begins on each of the days at
 * {@code from}, and ends at the next {@code to}, which is on the following day unless it is later than {@code from}.
 *
 * <p>Daylight saving: a time that occurs twice counts from its first to its last occurrence, and a time that is skipped is the
 * moment of the change.
 *
 * @param days at least one
 * @param to midnight is the end of the day
 */
public record TimeInterval(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {
    private static final Pattern TIME = Pattern.compile("(\\d{1,2}):(\\d{2})");
    private static final int NAME_LENGTH = 3;

    /**
     * A continuous time: occurrences that meet or overlap are one.
     *
     * @param end exclusive, later than {@code start}
     */
    public record Occurrence(Instant start, Instant end) {
        boolean contains(Instant instant) {
            return !instant.isBefore(start) && instant.isBefore(end);
        }
    }

    /** @throws IllegalArgumentException there is no day, or no time is outside of the interval */
    public TimeInterval {
        days = Set.copyOf(days);
        if (days.isEmpty()) {
            throw new IllegalArgumentException("an interval has at least one day");
        }
        if (days.size() == DayOfWeek.values().length && from.equals(to)) {
            throw new IllegalArgumentException("all hours of all days are no interval; leave it out");
        }
    }

    /**
     * Reads the keys {@code days} (such as {@code [mon-fri, sun]}; absent means all), {@code from} (00:00), {@code to} (24:00) and
     * {@code zone} (required). Empty when a problem was reported.
     */
    public static Optional<TimeInterval> read(Section section) {
        var named = section.parsedList("days", TimeInterval::days);
        var days = EnumSet.allOf(DayOfWeek.class);
        if (section.has("days")) {
            days.clear();
            named.forEach(days::addAll);
        }
        var from = time(section, "from", LocalTime.MIDNIGHT);
        var to = time(section, "to", LocalTime.MIDNIGHT);
        var zone = section.required("zone", section.parsed("zone", TimeInterval::zone));
        if (named.size() < section.texts("days").size() || from.isEmpty() || to.isEmpty() || zone.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TimeInterval(days, from.get(), to.get(), zone.get()));
        } catch (IllegalArgumentException e) {
            section.problem("", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Optional<LocalTime> time(Section section, String key, LocalTime absent) {
        return section.has(key) ? section.parsed(key, TimeInterval::time) : Optional.of(absent);
    }

    /** One day such as {@code mon} or {@code monday}, or a range such as {@code fri-mon}. */
    private static Set<DayOfWeek> days(String text) {
        var ends = text.split("-", -1);
        if (ends.length > 2) {
            throw new IllegalArgumentException(
                    "expected a day or two, such as mon or mon-fri, not '%s'".formatted(text));
        }
        var first = day(ends[0]);
        var last = day(ends[ends.length - 1]);
        var days = EnumSet.of(first, last);
        for (var day = first; day != last; day = day.plus(1)) {
            days.add(day);
        }
        return days;
    }

    private static DayOfWeek day(String text) {
        var name = text.strip().toLowerCase(Locale.ROOT);
        return Arrays.stream(DayOfWeek.values())
                .filter(day ->
                        name.equals(shortName(day)) || name.equals(day.name().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected one of mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri, not '%s'"
                                .formatted(text)));
    }

    private static String shortName(DayOfWeek day) {
        return day.name().substring(0, NAME_LENGTH).toLowerCase(Locale.ROOT);
    }

    private static LocalTime time(String text) {
        var parts = TIME.matcher(text);
        if (text.equals("24:00")) {
            return LocalTime.MIDNIGHT;
        }
        try {
            if (parts.matches()) {
                return LocalTime.of(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
            }
        } catch (DateTimeException e) {
            // reported below
        }
        throw new IllegalArgumentException("expected a time from 00:00 to 24:00, not '%s'".formatted(text));
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "expected a time zone such as Europe/Berlin or UTC, not '%s'".formatted(text), e);
        }
    }

    public boolean contains(Instant instant) {
        return at(instant).isPresent();
    }

    /** When the occurrence that contains this instant ends; empty when none does. */
    public Optional<Instant> end(Instant instant) {
        return at(instant).map(Occurrence::end);
    }

    /** The occurrence that contains this instant; empty when none does. */
    public Optional<Occurrence> at(Instant instant) {
        var today = instant.atZone(zone).toLocalDate();
        for (var date : List.of(today.minusDays(1), today)) {
            var occurrence = on(date);
            if (occurrence.isPresent() && occurrence.get().contains(instant)) {
                return Optional.of(joined(date, occurrence.get()));
            }
        }
        return Optional.empty();
    }

    /** The start of the first occurrence that starts after this instant. */
    public Instant nextStart(Instant instant) {
        var after = end(instant).orElse(instant);
        var date = after.atZone(zone).toLocalDate().minusDays(1);
        while (true) {
            var occurrence = on(date);
            if (occurrence.isPresent() && occurrence.get().start().isAfter(after)) {
                return occurrence.get().start();
            }
            date = date.plusDays(1);
        }
    }

    /** With the occurrences of neighbouring days that it meets. */
    private Occurrence joined(LocalDate date, Occurrence occurrence) {
        var start = occurrence.start();
        var before = date.minusDays(1);
        for (var next = on(before); next.isPresent() && !next.get().end().isBefore(start); next = on(before)) {
            start = next.get().start();
            before = before.minusDays(1);
        }
        var end = occurrence.end();
        var after = date.plusDays(1);
        for (var next = on(after); next.isPresent() && !next.get().start().isAfter(end); next = on(after)) {
            end = next.get().end();
            after = after.plusDays(1);
        }
        return new Occurrence(start, end);
    }

    private Optional<Occurrence> on(LocalDate date) {
        if (!days.contains(date.getDayOfWeek())) {
            return Optional.empty();
        }
        var start = instant(date.atTime(from), false);
        var end = instant((to.isAfter(from) ? date : date.plusDays(1)).atTime(to), true);
        return start.isBefore(end) ? Optional.of(new Occurrence(start, end)) : Optional.empty();
    }

    private Instant instant(LocalDateTime time, boolean last) {
        var offsets = zone.getRules().getValidOffsets(time);
        if (offsets.isEmpty()) {
            return zone.getRules().getTransition(time).getInstant();
        }
        return time.toInstant(last ? offsets.getLast() : offsets.getFirst());
    }

    /** Such as {@code mon,tue 22:00-06:00 Europe/Berlin}. */
    @Override
    public String toString() {
        var names = days.stream().sorted().map(TimeInterval::shortName).collect(Collectors.joining(","));
        var end = to.equals(LocalTime.MIDNIGHT) ? "24:00" : to.toString();
        return "%s %s-%s %s".formatted(names, from, end, zone);
    }
}
