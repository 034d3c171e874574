package io.growalert.dispatcher.handler;

import io.growalert.dispatcher.ack.AckLinks;
import io.growalert.dispatcher.ack.AckToken;
import io.growalert.events.AlertEvent;
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

    /** The link that acknowledges the notification's incident; a resolution has none. */
    Optional<String> ackLink(Notification notification) {
        var event = notification.event();
        return ackLinks.filter(_ -> event.type() != AlertEvent.Type.RESOLVED)
                .map(links -> links.link(
                        AckToken.Kind.INCIDENT,
                        event.incident(),
                        notification.receiver(),
                        notification.occasion().queuedAt()));
    }

    /** The address of the alert's incidents. */
    public Optional<String> link(AlertEvent event) {
        return publicUrl.map(url -> url.toString().replaceFirst("/+$", "") + "/api/alerts/" + event.alert());
    }
}
