package io.growalert.monitor;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the definitions that this instance holds. Until it is read to the end that was noted when it was
 * assigned, nothing of it runs: an old definition, or one that was removed since, must not run even once.
 */
final class HeldPartition {
    private final HeldMonitors monitors;
    private final Map<String, WatchedMonitor> loading = new LinkedHashMap<>();
    private final Set<String> ids = new HashSet<>();
    private @Nullable Long end;
    private boolean loaded;

    HeldPartition(HeldMonitors monitors) {
        this.monitors = monitors;
    }

    /** Where the partition ended when it was assigned, or when its leader was first reached. */
    void endsAt(long offset) {
        end = offset;
    }

    boolean isEndKnown() {
        return end != null;
    }

    void defined(WatchedMonitor watched) {
        var id = watched.definition().id();
        ids.add(id);
        if (loaded) {
            monitors.run(watched);
        } else {
            loading.put(id, watched);
        }
    }

    void removed(String id) {
        ids.remove(id);
        loading.remove(id);
        if (loaded) {
            var _ = monitors.stop(id);
        }
    }

    /** Runs what was read, once the reader has come to the end. */
    void readUpTo(long position) {
        if (!loaded && end != null && position >= end) {
            loaded = true;
            loading.values().forEach(monitors::run);
            loading.clear();
        }
    }

    boolean isLoaded() {
        return loaded;
    }

    /** The monitors that run, or will when all is read. */
    Set<String> ids() {
        return ids;
    }
}
