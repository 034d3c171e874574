package io.growalert.evaluation.alert;

import io.growalert.events.AlertEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the states of a monitor's alerts are stored and its transitions published; both commit together. */
public interface AlertJournal {
    /** The key of the monitor's own alert. */
    String OWN = "";

    /** Everything stored for a monitor, by key: the alert's id, or {@link #OWN}. */
    Map<String, SavedAlert> load(String monitor);

    /** Stores this; null removes what is stored. */
    void save(String monitor, String key, @Nullable SavedAlert alert);

    void publish(AlertEvent event);
}
