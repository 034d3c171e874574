package io.growalert.dispatcher.silence;

import java.time.Instant;

/** The short form of a silence: one monitor is muted until an instant. */
public record MonitorMute(String monitor, Instant until, String comment) {
    private static final String PREFIX = "monitor-";

    static String id(String monitor) {
        return PREFIX + monitor;
    }

    static MonitorMute of(String id, Instant until, String comment) {
        return new MonitorMute(id.substring(PREFIX.length()), until, comment);
    }

    String id() {
        return id(monitor);
    }
}
