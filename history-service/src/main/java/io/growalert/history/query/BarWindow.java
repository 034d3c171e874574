package io.growalert.history.query;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The period of a status bar, and its cells, which begin at multiples of their length. */
public enum BarWindow {
    DAY("24h", 48, Duration.ofMinutes(30)),
    WEEK("7d", 84, Duration.ofHours(2));

    private final String text;
    private final int cells;
    private final Duration cell;

    BarWindow(String text, int cells, Duration cell) {
        this.text = text;
        this.cells = cells;
        this.cell = cell;
    }

    public static Optional<BarWindow> of(String text) {
        for (var window : values()) {
            if (window.text.equals(text)) {
                return Optional.of(window);
            }
        }
        return Optional.empty();
    }

    int cells() {
        return cells;
    }

    Duration cell() {
        return cell;
    }

    /** The beginning of the first cell, so that the last one contains the instant. */
    Instant from(Instant now) {
        long length = cell.toSeconds();
        long end = Math.floorDiv(now.getEpochSecond(), length) * length + length;
        return Instant.ofEpochSecond(end - length * cells);
    }
}
