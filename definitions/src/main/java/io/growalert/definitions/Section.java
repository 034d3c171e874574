package io.growalert.definitions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A mapping in a definition file. Each reading method names a key; an invalid value is reported and treated as
 * absent. When all known keys are read, {@link #finish} reports the rest.
 */
public final class Section {
    private static final String A_MAPPING = "a mapping of keys to values";

    private final Place place;
    private final String path;
    private final Scope scope;
    private final Map<String, Entries.Entry> entries;
    private final Set<String> known = new LinkedHashSet<>();

    /** A section without keys. */
    Section(Place place, String path, Scope scope) {
        this.place = place;
        this.path = path;
        this.scope = scope;
        this.entries = Map.of();
    }

    Section(MappingNode node, String path, Scope scope) {
        this.place = scope.place(node);
        this.path = path;
        this.scope = scope;
        this.entries = Entries.of(node, path, scope);
    }

    public Place place() {
        return place;
    }

    /** The place of this key, or of the section when the key is absent. */
    public Place place(String key) {
        var entry = entries.get(key);
        return entry == null ? place : entry.place();
    }

    /** The present keys in order; those merged by {@code <<} come last. */
    public List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    public boolean has(String key) {
        known.add(key);
        return entries.containsKey(key);
    }

    /** Reports a problem with this key; {@code message} says what was expected. */
    public void problem(String key, String message) {
        scope.problems().add(place(key), key.isEmpty() ? path : path(key), message);
    }

    /**
     * Reports every key that no method has read. At the root of a file, keys that start with {@code x-} are ignored: they hold
     * the anchors of aliases.
     */
    public void finish() {
        for (var key : entries.keySet()) {
            if (!known.contains(key) && !(path.isEmpty() && key.startsWith("x-"))) {
                var meant = Spelling.closest(key, known).map("; did you mean %s?"::formatted);
                problem(key, "unknown key" + meant.orElse("") + "; expected one of " + String.join(", ", known));
            }
        }
    }

    public Optional<String> text(String key) {
        return scalar(key, "text", Optional::of);
    }

    /** As {@link #text}; an absent value is a problem. */
    public Optional<String> requiredText(String key) {
        return required(key, text(key));
    }

    /** Reports a missing key, unless its value was invalid and is reported already. */
    public <T> Optional<T> required(String key, Optional<T> value) {
        if (!has(key)) {
            problem(key, "is missing; it is required");
        }
        return value;
    }

    public Optional<Duration> duration(String key, Duration min, Duration max) {
        var duration = scalar(key, "a duration such as 30s, 5m or 1h30m", DurationText::parse);
        if (duration.isPresent()
                && (duration.get().compareTo(min) < 0 || duration.get().compareTo(max) > 0)) {
            problem(
                    key,
                    "must be from %s to %s, not %s"
                            .formatted(DurationText.of(min), DurationText.of(max), DurationText.of(duration.get())));
            return Optional.empty();
        }
        return duration;
    }

    /** A finite number. */
    public Optional<Double> number(String key) {
        return scalar(key, "a number", Numbers::finite);
    }

    public Optional<Integer> integer(String key, int min, int max) {
        var expected = "a whole number from %d to %d".formatted(min, max);
        return scalar(key, expected, text -> Numbers.whole(text, min, max));
    }

    public Optional<Boolean> flag(String key) {
        return scalar(key, "true or false", text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    /** One of several words, mapped to its value. */
    public <T> Optional<T> choice(String key, Map<String, T> choices) {
        var words = choices.keySet().stream().sorted().toList();
        return scalar(key, "one of " + String.join(", ", words), text -> Optional.ofNullable(choices.get(text)));
    }

    /** Two finite numbers, the first below the second. */
    public Optional<List<Double>> range(String key) {
        var expected = "two numbers [low, high], low below high";
        return items(key, expected).flatMap(items -> {
            int before = scope.problems().size();
            var numbers = new ArrayList<Double>();
            for (var item : items) {
                text(item, key, "a number").flatMap(Numbers::finite).ifPresent(numbers::add);
            }
            if (items.size() == 2 && numbers.size() == 2 && numbers.get(0) < numbers.get(1)) {
                return Optional.of(List.copyOf(numbers));
            }
            if (scope.problems().size() == before) {
                problem(key, "expected " + expected);
            }
            return Optional.empty();
        });
    }

    /** A list of texts; absent is an empty list. */
    public List<String> texts(String key) {
        return parsedList(key, Function.identity());
    }

    /** Text that {@code read} accepts; the message of its {@link IllegalArgumentException} is reported as the problem. */
    public <T> Optional<T> parsed(String key, Function<String, T> read) {
        return text(key).flatMap(text -> parsed(text, place(key), key, read));
    }

    /** As {@link #parsed}, for each text of a list, each with its own place; absent is an empty list. */
    public <T> List<T> parsedList(String key, Function<String, T> read) {
        var values = new ArrayList<T>();
        for (var item : items(key, "a list of texts").orElse(List.of())) {
            text(item, key, "text in this list")
                    .flatMap(text -> parsed(text, scope.place(item), key, read))
                    .ifPresent(values::add);
        }
        return values;
    }

    private <T> Optional<T> parsed(String text, Place place, String key, Function<String, T> read) {
        try {
            return Optional.of(read.apply(text));
        } catch (IllegalArgumentException e) {
            scope.problems().add(place, path(key), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** A mapping of names to texts; absent is an empty one. */
    public Map<String, String> labels(String key) {
        var labels = new LinkedHashMap<String, String>();
        section(key).ifPresent(section -> {
            for (var name : section.keys()) {
                section.text(name).ifPresent(text -> labels.put(name, text));
            }
        });
        return labels;
    }

    public Optional<Section> section(String key) {
        return value(key).flatMap(value -> section(value, place(key), path(key)));
    }

    /** The sections of a mapping from names to sections; absent is an empty one. */
    public Map<String, Section> named(String key) {
        var sections = new LinkedHashMap<String, Section>();
        section(key).ifPresent(parent -> {
            for (var name : parent.keys()) {
                parent.section(name).ifPresent(section -> sections.put(name, section));
            }
        });
        return sections;
    }

    /** The sections of a list; absent is an empty list. */
    public List<Section> sections(String key) {
        var sections = new ArrayList<Section>();
        var items = items(key, "a list").orElse(List.of());
        for (int i = 0; i < items.size(); i++) {
            var item = items.get(i);
            section(item, scope.place(item), "%s[%d]".formatted(path(key), i)).ifPresent(sections::add);
        }
        return sections;
    }

    /**
     * The text of {@code key}, or the content of the file that {@code key-file} names, without white space at its end. A
     * relative name starts from the folder of the definition file.
     */
    public Optional<Secret> secret(String key) {
        var fileKey = key + "-file";
        var text = text(key);
        var file = text(fileKey);
        if (has(key) && has(fileKey)) {
            problem(fileKey, "give either %s or %s, not both".formatted(key, fileKey));
            return Optional.empty();
        }
        return text.map(Secret::new).or(() -> file.flatMap(name -> secretIn(fileKey, name)));
    }

    private Optional<Secret> secretIn(String key, String file) {
        try {
            var secret =
                    Files.readString(Path.of(scope.file()).resolveSibling(file)).stripTrailing();
            if (!secret.isEmpty()) {
                return Optional.of(new Secret(secret));
            }
            problem(key, "the file %s is empty".formatted(file));
        } catch (IOException e) {
            problem(key, "the file %s cannot be read: %s".formatted(file, DefinitionFile.reason(e)));
        } catch (InvalidPathException e) {
            problem(key, "'%s' is no name of a file".formatted(file));
        }
        return Optional.empty();
    }

    private <T> Optional<T> scalar(String key, String expected, Function<String, Optional<T>> read) {
        return value(key).flatMap(node -> scope.text(node, place(key), path(key), expected)
                .flatMap(text -> {
                    var value = read.apply(text);
                    if (value.isEmpty()) {
                        problem(key, "expected %s, not %s".formatted(expected, Scope.shown(node)));
                    }
                    return value;
                }));
    }

    private Optional<String> text(Node item, String key, String expected) {
        return scope.text(item, scope.place(item), path(key), expected);
    }

    private Optional<Section> section(Node node, Place place, String path) {
        if (node instanceof MappingNode mapping) {
            return Optional.of(new Section(mapping, path, scope));
        }
        scope.problems().add(place, path, "expected %s, not %s".formatted(A_MAPPING, Scope.shown(node)));
        return Optional.empty();
    }

    private Optional<List<Node>> items(String key, String expected) {
        return value(key).flatMap(value -> {
            if (value instanceof SequenceNode sequence) {
                return Optional.of(sequence.getValue());
            }
            problem(key, "expected %s, not %s".formatted(expected, Scope.shown(value)));
            return Optional.empty();
        });
    }

    private Optional<Node> value(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key)).map(Entries.Entry::value);
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
