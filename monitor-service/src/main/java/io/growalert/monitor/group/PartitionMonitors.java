package io.growalert.monitor.group;

import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.monitor.run.QueryCheck;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The monitors of one assigned partition. They are scheduled after the partition is read to the end noted at its assignment: an
 * outdated or removed definition must not run even once.
 */
final class PartitionMonitors {
    private final AssignedMonitors assigned;
    private final Map<String, QueryCheck> loading = new LinkedHashMap<>();
    private final Set<String> ids = new HashSet<>();
    private @Nullable Long end;
    private boolean loaded;

    PartitionMonitors(AssignedMonitors assigned) {
        this.assigned = assigned;
    }

    /** The end of the partition when it was assigned, or when its leader was first reachable. */
    void endsAt(long offset) {
        end = offset;
    }

    boolean isEndKnown() {
        return end != null;
    }

    void define(QueryCheck check) {
        var id = check.definition().id();
        ids.add(id);
        if (loaded) {
            assigned.schedule(check);
        } else {
            loading.put(id, check);
        }
    }

    void remove(String id) {
        ids.remove(id);
        loading.remove(id);
        if (loaded) {
            var _ = assigned.remove(id);
        }
    }

    /** Schedules all monitors once the end is read. */
    void readUpTo(long position) {
        if (!loaded && end != null && position >= end) {
            loaded = true;
            loading.values().forEach(assigned::schedule);
            loading.clear();
        }
    }

    boolean isLoaded() {
        return loaded;
    }

    /** The monitors defined on this partition, scheduled or not. */
    Set<String> ids() {
        return ids;
    }
}
