package io.growalert.monitor;

import io.growalert.events.MonitorDefinition;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One partition of the definitions that this instance holds. Until it is read to the end that was noted when it was
 * assigned, nothing of it runs: an old definition, or one that was removed since, must not run even once.
 */
final class HeldPartition {
    private final HeldMonitors monitors;
    private final long end;
    private final Map<String, WatchedMonitor> loading = new LinkedHashMap<>();
    private final Set<String> ids = new HashSet<>();
    private boolean loaded;

    HeldPartition(HeldMonitors monitors, long end) {
        this.monitors = monitors;
        this.end = end;
    }

    /** @throws RuntimeException when the definition, though it could be read, makes no sense; nothing has changed then */
    void defined(MonitorDefinition definition) {
        var watched = monitors.watch(definition);
        ids.add(definition.id());
        if (loaded) {
            monitors.run(watched);
        } else {
            loading.put(definition.id(), watched);
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
        if (!loaded && position >= end) {
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
