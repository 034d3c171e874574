package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * An alert's fingerprint as Prometheus computes it (common/model/signature.go): FNV-1a of 64 bits over the sorted labels, each name
 * and value followed by the byte 255. The alert's name is its monitor.
 */
final class Fingerprint {
    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Fingerprint() {}

    static String of(String monitor, Map<String, String> labels) {
        var all = new HashMap<>(labels);
        all.put("alertname", monitor);
        return "%016x".formatted(hash(all));
    }

    static long hash(Map<String, String> labels) {
        long hash = OFFSET;
        for (var label : new TreeMap<>(labels).entrySet()) {
            hash = add(add(hash, label.getKey()), label.getValue());
        }
        return hash;
    }

    private static long add(long hash, String text) {
        long next = hash;
        for (byte each : text.getBytes(UTF_8)) {
            next = (next ^ (each & 0xff)) * PRIME;
        }
        return (next ^ 0xff) * PRIME;
    }
}
