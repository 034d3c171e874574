package io.growalert.definitions;

import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values for {@code ${NAME}} and {@code ${NAME:default}} in a definition file's values; not in keys. The
 * replacement is text: it is not parsed as YAML and not searched for variables again. A doubled dollar sign before the brace
 * is an escape.
 */
public record Variables(Map<String, String> values) {
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?}|\\$\\{");

    public Variables {
        values = Map.copyOf(values);
    }

    /** The environment variables of this process. */
    public static Variables environment() {
        return new Variables(System.getenv());
    }

    /** @param onProblem called with a message for each reference that cannot be replaced; it stays unreplaced */
    String substitute(String text, Consumer<String> onProblem) {
        if (!text.contains("${")) {
            return text;
        }
        return REFERENCE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(replacement(match, onProblem)));
    }

    private String replacement(MatchResult match, Consumer<String> onProblem) {
        if (match.group().equals("$${")) {
            return "${";
        }
        var name = match.group(1);
        if (name == null) {
            onProblem.accept("'${' must be followed by NAME} or NAME:default}; write '$${' for the characters");
            return match.group();
        }
        var value = values.get(name);
        if (value != null) {
            return value;
        }
        var fallback = match.group(2);
        if (fallback != null) {
            return fallback;
        }
        onProblem.accept("the variable %s is not set; set it or give a default, ${%s:default}".formatted(name, name));
        return match.group();
    }

    /** The names only: an environment contains secrets. */
    @Override
    public String toString() {
        return "Variables" + values.keySet();
    }
}
