package io.growalert.sandbox.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, or those below one of them. A parameter with an empty value is there, and asks for the field
 * to be emptied.
 */
public final class Params {
    private final String at;
    private final Map<String, Object> values;

    Params(String at, Map<String, Object> values) {
        this.at = at;
        this.values = values;
    }

    /** The name of one of these parameters in errors: {@code items[0][price]}. */
    public String path(String name) {
        return at.isEmpty() ? name : at + "[" + name + "]";
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Set<String> names() {
        return values.keySet();
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The value; null where it is absent or empty. */
    @Nullable
    public String text(String name) {
        var value = values.get(name);
        if (value instanceof Map) {
            throw ApiError.invalid("Invalid string: %s is an object.".formatted(path(name)))
                    .param(path(name));
        }
        return value instanceof String text && !text.isEmpty() ? text : null;
    }

    public String text(String name, String otherwise) {
        var text = text(name);
        return text == null ? otherwise : text;
    }

    public String require(String name) {
        var text = text(name);
        if (text != null) {
            return text;
        }
        if (has(name)) {
            throw ApiError.invalid(
                            "parameter_invalid_empty",
                            "You passed an empty string for '%s'. We assume empty values are an attempt to unset a parameter; however '%s' cannot be unset. You should remove '%s' from your request or supply a non-empty value."
                                    .formatted(path(name), path(name), path(name)))
                    .param(path(name));
        }
        throw ApiError.missingParam(path(name));
    }

    /** One of these values. */
    public String oneOf(String name, String otherwise, String... words) {
        var text = text(name, otherwise);
        if (!List.of(words).contains(text)) {
            throw ApiError.invalid("Invalid %s: must be one of %s".formatted(path(name), String.join(", ", words)))
                    .param(path(name));
        }
        return text;
    }

    @Nullable
    public Long number(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException _) {
            throw ApiError.invalid("parameter_invalid_integer", "Invalid integer: " + text)
                    .param(path(name));
        }
    }

    public long number(String name, long otherwise) {
        var number = number(name);
        return number == null ? otherwise : number;
    }

    public boolean flag(String name) {
        return switch (text(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ApiError.invalid("Invalid boolean: " + text(name)).param(path(name));
        };
    }

    /** The parameters below one; none where it is absent. */
    public Params child(String name) {
        return values.get(name) instanceof Map<?, ?> map ? below(name, map) : new Params(path(name), Map.of());
    }

    /** The elements of a list of objects, in the order of their numbers. */
    public List<Params> children(String name) {
        var children = new ArrayList<Params>();
        var list = child(name);
        for (var key : list.values.keySet()) {
            children.add(list.child(key));
        }
        return children;
    }

    /** The elements of a list of strings. */
    public List<String> texts(String name) {
        var list = child(name);
        return list.values.keySet().stream().map(list::require).toList();
    }

    /** Each name here with its value, which is empty where the field is to be emptied. */
    public Map<String, String> entries() {
        var entries = new LinkedHashMap<String, String>();
        values.forEach((name, value) -> {
            if (value instanceof String text) {
                entries.put(name, text);
            }
        });
        return entries;
    }

    /** Passes on the full name of every parameter. */
    void eachName(Consumer<String> to) {
        values.forEach((name, value) -> {
            if (value instanceof Map<?, ?> map && !map.isEmpty()) {
                below(name, map).eachName(to);
            } else {
                to.accept(path(name));
            }
        });
    }

    /** All of it in one line, equal for equal requests. */
    public String fingerprint() {
        return values.toString();
    }

    private Params below(String name, Map<?, ?> map) {
        var inner = new LinkedHashMap<String, Object>();
        map.forEach((key, value) -> inner.put(String.valueOf(key), value));
        return new Params(path(name), inner);
    }
}
