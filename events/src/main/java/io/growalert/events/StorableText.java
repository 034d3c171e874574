package io.growalert.events;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts without the characters that are valid in JSON and Java but not in a database or in UTF-8: U+0000 and unpaired surrogates.
 * Each becomes U+FFFD, the replacement character.
 */
public final class StorableText {
    private static final char REPLACEMENT = '\uFFFD';

    private StorableText() {}

    public static boolean is(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || (Character.isSurrogate(c) && !isPair(text, i++))) {
                return false;
            }
        }
        return true;
    }

    public static String of(String text) {
        if (is(text)) {
            return text;
        }
        var storable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isPair(text, i)) {
                storable.append(c).append(text.charAt(++i));
            } else {
                storable.append(c == 0 || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return storable.toString();
    }

    public static Map<String, String> of(Map<String, String> labels) {
        if (areAll(labels)) {
            return labels;
        }
        var storable = new HashMap<String, String>();
        labels.forEach((name, value) -> storable.put(of(name), of(value)));
        return storable;
    }

    private static boolean areAll(Map<String, String> labels) {
        for (var label : labels.entrySet()) {
            if (!is(label.getKey()) || !is(label.getValue())) {
                return false;
            }
        }
        return true;
    }

    public static List<String> of(List<String> texts) {
        return texts.stream().map(StorableText::of).toList();
    }

    private static boolean isPair(String text, int at) {
        return at + 1 < text.length() && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
    }
}
