package io.growalert.dispatcher.handler;

import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.GroupEvent.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The texts of a group's message. None contains a control character, except {@link #text}. */
public final class GroupWording {
    /** How many alerts a message for people names of each change. */
    public static final int NAMED = 10;

    private static final int NAMED_IN_LINE = 3;

    private GroupWording() {}

    /** {@code FIRING} while something fires, then {@code RESOLVED}. */
    public static String type(GroupEvent group) {
        return group.endsAll() ? "RESOLVED" : "FIRING";
    }

    /** What the alerts have in common, such as {@code site=north} or {@code source=influx}. */
    public static String name(GroupEvent group) {
        return new TreeMap<>(group.labels())
                .entrySet().stream()
                        .map(label -> Wording.plain(label.getKey()) + "=" + Wording.plain(label.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /** Such as {@code 3 new, 10 still firing, 1 resolved}. */
    public static String summary(GroupEvent group) {
        var counts = group.counts();
        var parts = new ArrayList<String>();
        if (counts.started() > 0) {
            parts.add(counts.started() + " new");
        }
        if (counts.stillFiring() > 0) {
            parts.add(counts.stillFiring() + " still firing");
        }
        if (counts.resolved() > 0) {
            parts.add(counts.resolved() + " resolved");
        }
        return String.join(", ", parts);
    }

    /** Such as {@code [FIRING] site=north: 3 new, 10 still firing}. */
    public static String title(GroupEvent group) {
        return "[%s] %s: %s".formatted(type(group), name(group), summary(group));
    }

    /** Such as {@code New: 12}; empty when there is none. */
    public static String heading(GroupEvent group, Change change) {
        return switch (change) {
            case NEW -> "New: " + group.counts().started();
            case STILL_FIRING -> "Still firing: " + group.counts().stillFiring();
            case RESOLVED -> "Resolved: " + group.counts().resolved();
        };
    }

    public static int count(GroupEvent group, Change change) {
        return switch (change) {
            case NEW -> group.counts().started();
            case STILL_FIRING -> group.counts().stillFiring();
            case RESOLVED -> group.counts().resolved();
        };
    }

    /** The worst alerts with this change. */
    public static List<AlertEvent> named(GroupEvent group, Change change) {
        return group.alerts(change).stream().limit(NAMED).toList();
    }

    /** How many alerts with this change {@link #named} leaves out. */
    public static int unnamed(GroupEvent group, Change change) {
        return count(group, change) - named(group, change).size();
    }

    /** Such as {@code room-co2 {room=office} 1003.5 ppm: CO2 is high, since 2026-11-24 08:00:00 CET}. */
    public static String item(AlertEvent event, Presentation shown) {
        return "%s, since %s".formatted(subject(event), shown.time(event.firingSince()));
    }

    private static String subject(AlertEvent event) {
        var item = new StringBuilder(event.monitor());
        if (!event.series().isEmpty()) {
            item.append(' ').append(Wording.series(event));
        }
        if (event.value() != null) {
            item.append(' ').append(Wording.valueWithUnit(event));
        }
        return item.append(": ").append(Wording.summary(event)).toString();
    }

    /** The message below the title, one line for each alert that it names. */
    public static String text(GroupEvent group, Presentation shown) {
        var lines = new ArrayList<String>();
        for (var change : Change.values()) {
            if (count(group, change) > 0) {
                lines.add(heading(group, change));
                named(group, change).forEach(event -> lines.add("- " + item(event, shown)));
                if (unnamed(group, change) > 0) {
                    lines.add("and %d more".formatted(unnamed(group, change)));
                }
            }
        }
        shown.link(group).ifPresent(lines::add);
        return String.join("\n", lines);
    }

    /** All in one line, with the very worst alerts. */
    public static String line(GroupEvent group) {
        var worst = group.alerts().stream()
                .limit(NAMED_IN_LINE)
                .map(alert -> subject(alert.event()))
                .collect(Collectors.joining("; "));
        int more = group.counts().all() - Math.min(NAMED_IN_LINE, group.alerts().size());
        return "%-8s %s: %s (%s%s)"
                .formatted(
                        type(group),
                        name(group),
                        summary(group),
                        worst,
                        more > 0 ? " and %d more".formatted(more) : "");
    }
}
