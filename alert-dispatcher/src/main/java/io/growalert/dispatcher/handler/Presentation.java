package io.growalert.dispatcher.handler;

import io.growalert.dispatcher.link.AckLinks;
import io.growalert.dispatcher.link.AckToken;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * How the messages to a receiver show times and links.
 *
 * @param publicUrl where operators reach the gateway; empty: messages have no link
 * @param ackLinks empty: messages have no link that acknowledges
 */
public record Presentation(ZoneId zone, Optional<URI> publicUrl, Optional<AckLinks> ackLinks) {
    /** In UTC, without links. */
    public static final Presentation DEFAULT = new Presentation(ZoneId.of("UTC"), Optional.empty());

    public Presentation(ZoneId zone, Optional<URI> publicUrl) {
        this(zone, publicUrl, Optional.empty());
    }

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss zzz", Locale.ENGLISH);

    /** Such as {@code 2026-11-24 08:00:00 CET}. */
    public String time(Instant instant) {
        return TIME.format(instant.atZone(zone));
    }

    /** The link that acknowledges what fires: an incident, or those of a group's message. */
    Optional<String> ackLink(Notification notification) {
        return ackLinks.flatMap(links -> switch (notification.content()) {
            case AlertEvent event ->
                event.type() == AlertEvent.Type.RESOLVED
                        ? Optional.empty()
                        : Optional.of(ackLink(links, AckToken.Kind.INCIDENT, event.incident(), notification));
            case GroupEvent group ->
                group.endsAll()
                        ? Optional.empty()
                        : Optional.of(ackLink(links, AckToken.Kind.GROUP_MESSAGE, group.id(), notification));
        });
    }

    private static String ackLink(AckLinks links, AckToken.Kind kind, String id, Notification notification) {
        return links.link(
                kind, id, notification.receiver(), notification.occasion().queuedAt());
    }

    /** The address of the alert's incidents. */
    public Optional<String> link(AlertEvent event) {
        return alerts().map(address -> address + "/" + event.alert());
    }

    /** The address of all open incidents. */
    public Optional<String> link(GroupEvent group) {
        return alerts();
    }

    private Optional<String> alerts() {
        return publicUrl.map(url -> url.toString().replaceFirst("/+$", "") + "/api/alerts");
    }
}
