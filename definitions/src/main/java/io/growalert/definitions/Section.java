package io.growalert.definitions;

import java.io.IOException;
import java.nio.file.Files;
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
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping in a definition file. Each reading method names a key; a value that is there but is not what the method
 * reads is reported and answered as if it were absent. When all known keys are read, {@link #finish} reports the rest.
 */
public final class Section {
    private final Place place;
    private final String path;
    private final Scope scope;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    private record Entry(Place place, Node value) {}

    Section(Place place, String path, Scope scope) {
        this.place = place;
        this.path = path;
        this.scope = scope;
    }

    Section(MappingNode node, String path, Scope scope) {
        this(place(node, scope), path, scope);
        for (var tuple : node.getValue()) {
            var keyPlace = place(tuple.getKeyNode(), scope);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                scope.problems().add(keyPlace, path, "a key must be text");
            } else if (entries.putIfAbsent(key.getValue(), new Entry(keyPlace, tuple.getValueNode())) != null) {
                scope.problems().add(keyPlace, path(key.getValue()), "this key is here twice");
            }
        }
    }

    public Place place() {
        return place;
    }

    /** Where this key stands, or the section itself when it is absent. */
    public Place place(String key) {
        var entry = entries.get(key);
        return entry == null ? place : entry.place();
    }

    /** The keys that are there, in order. */
    public List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    public boolean has(String key) {
        known.add(key);
        return entries.containsKey(key);
    }

    /** Reports that something is wrong with this key; {@code message} says what was expected. */
    public void problem(String key, String message) {
        scope.problems().add(place(key), key.isEmpty() ? path : path(key), message);
    }

    /** Reports every key that no method asked for. */
    public void finish() {
        for (var key : entries.keySet()) {
            if (!known.contains(key)) {
                problem(key, "unknown key; expected one of " + String.join(", ", known));
            }
        }
    }

    public Optional<String> text(String key) {
        return scalar(key, "text", Optional::of);
    }

    /** As {@link #text}, and absent is a problem too. */
    public Optional<String> requiredText(String key) {
        return required(key, text(key));
    }

    /** Reports a missing key, unless its value was there and is reported already. */
    public <T> Optional<T> required(String key, Optional<T> value) {
        if (!has(key)) {
            problem(key, "is missing; it is required");
        }
        return value;
    }

    public Optional<Duration> duration(String key, Duration min, Duration max) {
        return scalar(key, "a duration such as 30s, 5m or 1h30m", DurationText::parse)
                .filter(duration -> {
                    boolean fits = duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0;
                    if (!fits) {
                        problem(
                                key,
                                "must be from %s to %s, not %s"
                                        .formatted(
                                                DurationText.of(min), DurationText.of(max), DurationText.of(duration)));
                    }
                    return fits;
                });
    }

    /** A finite number. */
    public Optional<Double> number(String key) {
        return scalar(key, "a number", Section::finite);
    }

    public Optional<Integer> integer(String key, int min, int max) {
        var expected = "a whole number from %d to %d".formatted(min, max);
        return scalar(key, expected, text -> {
            try {
                int number = Integer.parseInt(text);
                return number >= min && number <= max ? Optional.of(number) : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }

    public Optional<Boolean> flag(String key) {
        return scalar(key, "true or false", text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    /** One of several words, mapped to what they stand for. */
    public <T> Optional<T> choice(String key, Map<String, T> choices) {
        var expected =
                "one of " + String.join(", ", choices.keySet().stream().sorted().toList());
        return scalar(key, expected, text -> Optional.ofNullable(choices.get(text)));
    }

    /** Two finite numbers, the first below the second. */
    public Optional<List<Double>> range(String key) {
        var expected = "two numbers [low, high], low below high";
        return items(key, expected).flatMap(items -> {
            var numbers = items.stream()
                    .map(item -> scalarText(item).flatMap(Section::finite).orElse(Double.NaN))
                    .toList();
            if (numbers.size() == 2 && numbers.get(0) < numbers.get(1)) {
                return Optional.of(numbers);
            }
            problem(key, "expected " + expected);
            return Optional.empty();
        });
    }

    /** A list of texts; absent is an empty list. */
    public List<String> texts(String key) {
        var texts = new ArrayList<String>();
        for (var item : items(key, "a list of texts").orElse(List.of())) {
            scalarText(item).map(text -> substituted(key, text)).ifPresentOrElse(texts::add, () -> scope.problems()
                    .add(place(item, scope), path(key), "expected text in this list"));
        }
        return texts;
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
        return value(key).flatMap(value -> {
            if (value instanceof MappingNode mapping) {
                return Optional.of(new Section(mapping, path(key), scope));
            }
            problem(key, "expected a mapping of keys to values");
            return Optional.empty();
        });
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
            var itemPath = "%s[%d]".formatted(path(key), i);
            if (items.get(i) instanceof MappingNode mapping) {
                sections.add(new Section(mapping, itemPath, scope));
            } else {
                scope.problems().add(place(items.get(i), scope), itemPath, "expected a mapping of keys to values");
            }
        }
        return sections;
    }

    /** The text of {@code key}, or the content of the file that {@code key-file} names, without its last line's end. */
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
            return Optional.of(new Secret(Files.readString(Path.of(file)).stripTrailing()));
        } catch (IOException | java.nio.file.InvalidPathException e) {
            problem(
                    key,
                    "the file %s cannot be read: %s"
                            .formatted(file, e.getClass().getSimpleName()));
            return Optional.empty();
        }
    }

    private <T> Optional<T> scalar(String key, String expected, Function<String, Optional<T>> read) {
        return value(key).flatMap(node -> {
            var value = scalarText(node).map(text -> substituted(key, text)).flatMap(read);
            if (value.isEmpty()) {
                problem(key, "expected " + expected + found(node));
            }
            return value;
        });
    }

    private static String found(Node node) {
        return scalarText(node).map(text -> ", not '" + text + "'").orElse("");
    }

    private String substituted(String key, String text) {
        return scope.variables().substitute(text, (name, message) -> problem(key, message));
    }

    private Optional<List<Node>> items(String key, String expected) {
        return value(key).flatMap(value -> {
            if (value instanceof SequenceNode sequence) {
                return Optional.of(sequence.getValue());
            }
            problem(key, "expected " + expected);
            return Optional.empty();
        });
    }

    private Optional<Node> value(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    private static Optional<String> scalarText(Node node) {
        return node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }

    private static Optional<Double> finite(@Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Double::valueOf).filter(Double::isFinite);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Place place(Node node, Scope scope) {
        var mark = node.getStartMark();
        return new Place(scope.file(), mark.getLine() + 1, mark.getColumn() + 1);
    }
}
