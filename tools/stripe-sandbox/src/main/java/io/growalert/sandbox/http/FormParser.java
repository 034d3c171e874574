package io.growalert.sandbox.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A form or query as Stripe reads it: {@code a[b][0][c]=x} is nested, {@code a[]=x} appends. */
public final class FormParser {
    private static final Pattern KEY = Pattern.compile("([^\\[\\]]+)((?:\\[[^\\[\\]]*])*)");
    private static final Pattern PART = Pattern.compile("\\[([^\\[\\]]*)]");

    private FormParser() {}

    /** The fields in their order, each value under its path; what is appended by {@code []} gets the next number. */
    public static Params parse(String query, String form) {
        var root = new LinkedHashMap<String, Object>();
        read(query, root);
        read(form, root);
        return new Params("", root);
    }

    private static void read(String form, Map<String, Object> root) {
        for (var field : form.split("&", -1)) {
            if (field.isEmpty()) {
                continue;
            }
            int equals = field.indexOf('=');
            var key = decode(equals < 0 ? field : field.substring(0, equals));
            var value = equals < 0 ? "" : decode(field.substring(equals + 1));
            put(root, path(key), value, key);
        }
    }

    private static List<String> path(String key) {
        var matcher = KEY.matcher(key);
        if (!matcher.matches()) {
            throw ApiError.invalid("Invalid request: the parameter name %s is malformed.".formatted(key));
        }
        var path = new ArrayList<String>();
        path.add(matcher.group(1));
        var parts = PART.matcher(matcher.group(2));
        while (parts.find()) {
            path.add(parts.group(1));
        }
        return path;
    }

    @SuppressWarnings("unchecked") // only maps of this kind are ever put in
    private static void put(Map<String, Object> root, List<String> path, String value, String key) {
        var map = root;
        for (var part : path.subList(0, path.size() - 1)) {
            var inner = map.computeIfAbsent(slot(map, part), _ -> new LinkedHashMap<String, Object>());
            if (!(inner instanceof Map)) {
                throw ApiError.invalid("Invalid request: %s has both a value and fields.".formatted(key));
            }
            map = (Map<String, Object>) inner;
        }
        map.put(slot(map, path.getLast()), value);
    }

    private static String slot(Map<String, Object> map, String part) {
        return part.isEmpty() ? String.valueOf(map.size()) : part;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
