package io.growalert.benchmarks;

import java.util.HashMap;
import java.util.Map;

/**
 * What a {@link ChildJvm} runs.
 *
 * @param environment variables on top of this process's own
 */
record Program(String main, String classPath, Map<String, String> environment) {
    /** With this process's own class path. */
    static Program of(Class<?> main) {
        return new Program(main.getName(), System.getProperty("java.class.path"), Map.of());
    }

    Program with(Map<String, String> more) {
        var all = new HashMap<>(environment);
        all.putAll(more);
        return new Program(main, classPath, all);
    }
}
