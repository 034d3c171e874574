package io.growalert.dispatcher.state;

import io.growalert.events.AlertEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a monitor's states are kept and its transitions published; all of it commits together. */
interface Journal {
    /** Everything kept of a monitor, by key: the alert's id, or {@link #OWN}. */
    Map<String, SavedAlert> load(String monitor);

    /** Keeps this, or nothing any more. */
    void save(String monitor, String key, @Nullable SavedAlert alert);

    void tell(AlertEvent event);

    /** The key of the monitor's own alert. */
    String OWN = "";
}
