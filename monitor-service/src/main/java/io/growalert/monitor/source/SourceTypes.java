package io.growalert.monitor.source;

import java.util.Collection;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** The kinds of sources on the class path. */
public final class SourceTypes {
    private final SortedMap<String, SourceType> types = new TreeMap<>();

    private SourceTypes() {}

    public static SourceTypes load() {
        var found = new SourceTypes();
        for (var type : ServiceLoader.load(SourceType.class, SourceTypes.class.getClassLoader())) {
            var other = found.types.putIfAbsent(type.key(), type);
            if (other != null) {
                throw new IllegalStateException("both %s and %s claim the key %s"
                        .formatted(other.getClass().getName(), type.getClass().getName(), type.key()));
            }
        }
        return found;
    }

    public Optional<SourceType> named(String key) {
        return Optional.ofNullable(types.get(key));
    }

    /** In alphabetical order. */
    public Collection<String> keys() {
        return types.keySet();
    }
}
