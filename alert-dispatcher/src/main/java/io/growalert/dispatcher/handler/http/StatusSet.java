package io.growalert.dispatcher.handler.http;

import io.growalert.definitions.Section;
import java.util.List;
import java.util.regex.Pattern;

/**
 * HTTP statuses that count as success.
 *
 * @param entries each a status such as {@code 200}, or a class such as {@code 2xx}
 */
record StatusSet(List<String> entries) {
    private static final Pattern ENTRY = Pattern.compile("[2-5](xx|\\d\\d)");
    private static final StatusSet DEFAULT = new StatusSet(List.of("2xx"));

    StatusSet {
        entries = List.copyOf(entries);
    }

    static StatusSet read(Section section, String key) {
        var entries = section.texts(key);
        for (var entry : entries) {
            if (!ENTRY.matcher(entry).matches()) {
                section.problem(key, "expected statuses such as [200, 202] or [2xx]");
                return DEFAULT;
            }
        }
        return entries.isEmpty() ? DEFAULT : new StatusSet(entries);
    }

    boolean contains(int status) {
        return entries.contains(Integer.toString(status)) || entries.contains(status / 100 + "xx");
    }
}
