package io.growalert.dispatcher.history;

import io.growalert.dispatcher.silence.Silence;
import io.growalert.dispatcher.silence.SilenceHistory;
import io.growalert.runtime.database.Cursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Silences page by page, the latest start first. */
public final class SilenceList {
    private final SilenceHistory silences;

    public SilenceList(SilenceHistory silences) {
        this.silences = silences;
    }

    /**
     * A page of them.
     *
     * @param state null: all that are not ended
     * @param matchers that they have, in their text form
     * @param period of their start
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public ListPage<Silence> read(
            Silence.@Nullable State state, List<String> matchers, Period period, @Nullable Cursor start, int limit) {
        var filter = new SilenceHistory.Filter(state, matchers, period.start(), period.end());
        return ListPage.read(
                (after, rows) -> after == null
                        ? silences.list(filter, null, "", rows)
                        : silences.list(filter, after.requireSize(2).time(0), after.value(1), rows),
                silence -> Cursor.of(silence.startsAt(), silence.id()),
                null,
                start,
                limit);
    }
}
