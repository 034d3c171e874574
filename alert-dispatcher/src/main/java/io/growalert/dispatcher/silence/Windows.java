package io.growalert.dispatcher.silence;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The recurring windows, each occurrence of which is a silence. */
final class Windows {
    /** Who created a silence that the definition files require. */
    static final String AUTHOR = "definitions";

    private final SilenceTable table;
    private volatile List<MaintenanceWindow> windows = List.of();
    /** The end of each occurrence that has a row. */
    private final Map<String, Instant> stored = new HashMap<>();

    Windows(SilenceTable table) {
        this.table = table;
    }

    void use(List<MaintenanceWindow> other) {
        windows = other;
    }

    /** The starts of the ids of the windows' silences. */
    List<String> prefixes() {
        return windows.stream().map(MaintenanceWindow::prefix).toList();
    }

    /** The occurrences that contain this instant and have no row yet. */
    synchronized List<Silence> due(Instant now) {
        stored.values().removeIf(end -> !end.isAfter(now));
        return windows.stream()
                .flatMap(window -> window.at(now).stream())
                .filter(occurrence -> !stored.containsKey(occurrence.id()) && !isStored(occurrence))
                .toList();
    }

    private boolean isStored(Silence occurrence) {
        var end = occurrence.endsAt();
        boolean exists = table.find(occurrence.id()).isPresent();
        if (exists && end != null) {
            stored.put(occurrence.id(), end);
        }
        return exists;
    }
}
