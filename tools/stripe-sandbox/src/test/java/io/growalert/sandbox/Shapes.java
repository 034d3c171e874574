package io.growalert.sandbox;

import io.growalert.sandbox.http.JsonNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The fields of each kind of object by {@code shapes.json}, and how an object differs from them. */
final class Shapes {
    private static final String LACKS = " lacks ";

    /** Where Stripe's description names a group of kinds. */
    private static final Map<String, Set<String>> GROUPS = Map.of("payment_source", Set.of("card", "source"));

    private final Map<String, Map<String, String>> fields = new LinkedHashMap<>();

    Shapes() {
        try (var file = Shapes.class.getResourceAsStream("shapes.json")) {
            var shapes = JsonNodes.MAPPER.readTree(file);
            for (var part : List.of("derived", "newer")) {
                for (var shape : shapes.path(part).properties()) {
                    var into = fields.computeIfAbsent(shape.getKey(), _ -> new LinkedHashMap<>());
                    shape.getValue()
                            .properties()
                            .forEach(field ->
                                    into.put(field.getKey(), field.getValue().asString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is wrong with a whole response: an object, or an error.
     *
     * @param partial whether keys may be missing, as in what a browser is shown
     */
    List<String> problems(JsonNode answer, boolean partial) {
        var problems = new ArrayList<String>();
        if (answer.has("error") && !answer.has("object")) {
            fields("error", "", answer, problems);
        } else {
            object(answer, problems);
        }
        if (partial) {
            problems.removeIf(problem -> problem.contains(LACKS));
        }
        return problems;
    }

    private void object(JsonNode object, List<String> problems) {
        var kind = object.path("object").asString("");
        fields(object.path("deleted").asBoolean(false) ? "deleted_" + kind : kind, "", object, problems);
    }

    private void fields(String kind, String at, JsonNode object, List<String> problems) {
        var shape = fields.get(kind);
        if (shape == null) {
            problems.add("there is no shape of " + kind);
            return;
        }
        for (var field : object.properties()) {
            value(kind, at + field.getKey(), field.getValue(), problems);
        }
        shape.forEach((path, type) -> {
            var name = path.startsWith(at) ? path.substring(at.length()) : "";
            boolean direct = !name.isEmpty() && !name.contains(".") && !name.endsWith("[]");
            if (direct && !type.startsWith("?") && !object.has(name)) {
                problems.add(kind + LACKS + path);
            }
        });
    }

    private void value(String kind, String path, JsonNode value, List<String> problems) {
        var type = fields.getOrDefault(kind, Map.of()).get(path);
        if (type == null) {
            problems.add("%s has an unknown key %s".formatted(kind, path));
            return;
        }
        var alternatives = List.of(type.replace("?", "").split("\\|"));
        var fitting = alternatives.stream().filter(each -> fits(each, value)).findFirst();
        if (fitting.isEmpty()) {
            problems.add("%s.%s is no %s: %s".formatted(kind, path, type, shortened(value)));
            return;
        }
        switch (fitting.get()) {
            case "object" -> fields(kind, path + ".", value, problems);
            case "array" -> value.forEach(element -> value(kind, path + "[]", element, problems));
            case String each when each.startsWith("@") -> object(value, problems);
            default -> {}
        }
    }

    private static boolean fits(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "decimal" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            case "map" -> value.isObject();
            case "@*" -> value.path("object").isString();
            default -> ofKind(type.substring(1), value.path("object").asString(""));
        };
    }

    private static boolean ofKind(String wanted, String kind) {
        return wanted.equals(kind) || GROUPS.getOrDefault(wanted, Set.of()).contains(kind);
    }

    private static String shortened(JsonNode value) {
        var text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
