package io.growalert.benchmarks.process;

import java.util.HashMap;
import java.util.Map;

/**
 * What a {@link ChildJvm} runs.
 *
 * @param environment variables on top of this process's own
 */
record JvmProgram(String main, String classPath, Map<String, String> environment) {
    /** With this process's own class path. */
    static JvmProgram of(Class<?> main) {
        return new JvmProgram(main.getName(), System.getProperty("java.class.path"), Map.of());
    }

    JvmProgram with(Map<String, String> more) {
        var all = new HashMap<>(environment);
        all.putAll(more);
        return new JvmProgram(main, classPath, all);
    }
}
