package io.growalert.definitions;

import java.util.Optional;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The common state of the sections of one file. */
record Scope(String file, Variables variables, Problems problems) {
    Place place(Node node) {
        return place(node.getStartMark());
    }

    Place place(Mark mark) {
        return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** The place of the character at this index, counted in code points. */
    Place place(String text, int index) {
        int end = text.offsetByCodePoints(0, Math.min(index, text.codePointCount(0, text.length())));
        var before = text.substring(0, end);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new Place(file, line, before.length() - before.lastIndexOf('\n'));
    }

    /**
     * The node's text with its variables replaced; empty when it is no text. Problems, including variables that are not set,
     * are reported for this place and path; {@code expected} describes a valid value.
     */
    Optional<String> text(Node node, Place place, String path, String expected) {
        if (!(node instanceof ScalarNode scalar) || scalar.getTag().equals(Tag.NULL)) {
            problems.add(place, path, "expected %s, not %s".formatted(expected, shown(node)));
            return Optional.empty();
        }
        var wrong = new Problems();
        var text = variables.substitute(scalar.getValue(), message -> wrong.add(place, path, message));
        problems.addAll(wrong);
        return wrong.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    /** The node for a message: unreplaced, since the value of a variable may be secret. */
    static String shown(Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            return node instanceof MappingNode ? "a mapping" : "a list";
        }
        if (scalar.getTag().equals(Tag.NULL)) {
            return "nothing";
        }
        var text = scalar.getValue().replace("\n", "\\n");
        var quoted = "'%s'".formatted(text.length() > 60 ? text.substring(0, 60) + "..." : text);
        return text.contains("${") ? "what %s stands for".formatted(quoted) : quoted;
    }
}
