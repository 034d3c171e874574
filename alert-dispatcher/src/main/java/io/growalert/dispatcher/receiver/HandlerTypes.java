package io.growalert.dispatcher.receiver;

import io.growalert.dispatcher.handler.HandlerType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.ServiceLoader;

/** The kinds of receivers on the class path. */
public final class HandlerTypes {
    private HandlerTypes() {}

    public static List<HandlerType> load() {
        var found = new ArrayList<HandlerType>();
        var byKey = new HashMap<String, HandlerType>();
        for (var type : ServiceLoader.load(HandlerType.class, HandlerTypes.class.getClassLoader())) {
            var other = byKey.putIfAbsent(type.key(), type);
            if (other != null) {
                throw new IllegalStateException("both %s and %s claim the key %s"
                        .formatted(other.getClass().getName(), type.getClass().getName(), type.key()));
            }
            found.add(type);
        }
        return found;
    }
}
