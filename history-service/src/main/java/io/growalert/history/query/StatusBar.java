package io.growalert.history.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.history.store.StoredStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A period in equal cells, each with the worst status in it. */
final class StatusBar {
    private final Instant from;
    private final long cellSeconds;
    private final @Nullable StoredStatus[] cells;

    StatusBar(BarWindow window, Instant now) {
        from = window.from(now);
        cellSeconds = window.cell().toSeconds();
        cells = new @Nullable StoredStatus[window.cells()];
    }

    /** @param status null: there was no monitor, or nothing is known */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Cell(Instant from, Instant to, @Nullable StoredStatus status) {}

    /** A span that touches a cell at its first instant is in it, one that ends there is not. */
    void add(StoredStatus status, Instant since, Instant until) {
        if (!until.isAfter(from) || until.isBefore(since)) {
            return;
        }
        long first = Math.max(0, Math.floorDiv(since.getEpochSecond() - from.getEpochSecond(), cellSeconds));
        boolean isWhole = until.getNano() == 0;
        long end = until.getEpochSecond() - from.getEpochSecond();
        long last = Math.floorDiv(isWhole && until.isAfter(since) ? end - 1 : end, cellSeconds);
        for (long cell = first; cell <= Math.min(last, cells.length - 1L); cell++) {
            var before = cells[(int) cell];
            cells[(int) cell] = before == null ? status : before.worse(status);
        }
    }

    List<Cell> cells() {
        var all = new ArrayList<Cell>(cells.length);
        for (int i = 0; i < cells.length; i++) {
            var start = from.plusSeconds(i * cellSeconds);
            all.add(new Cell(start, start.plusSeconds(cellSeconds), cells[i]));
        }
        return all;
    }
}
