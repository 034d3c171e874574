package io.growalert.definitions;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The keys of one mapping with their values, including those merged by {@code <<}. The mapping's own keys come
 * first and win over merged ones, and an earlier merged mapping over a later one.
 */
final class Entries {
    private final String path;
    private final Scope scope;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Deque<MappingNode> toRead = new ArrayDeque<>();
    // An alias may be recursive, and one mapping may be merged several times.
    private final Set<Node> read = Collections.newSetFromMap(new IdentityHashMap<>());

    /** @param place the place of the key; a merged key has its place in the mapping that it comes from */
    record Entry(Place place, Node value) {}

    private Entries(String path, Scope scope) {
        this.path = path;
        this.scope = scope;
    }

    static Map<String, Entry> of(MappingNode node, String path, Scope scope) {
        return new Entries(path, scope).from(node);
    }

    private Map<String, Entry> from(MappingNode node) {
        toRead.push(node);
        while (!toRead.isEmpty()) {
            var next = toRead.pop();
            if (read.add(next)) {
                addKeys(next);
                for (var tuple : next.getValue().reversed()) {
                    if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                        merge(tuple.getValueNode(), scope.place(tuple.getKeyNode()));
                    }
                }
            }
        }
        return entries;
    }

    private void addKeys(MappingNode node) {
        var own = new HashMap<String, Place>();
        for (var tuple : node.getValue()) {
            var place = scope.place(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                scope.problems().add(place, path, "a key must be text, not " + Scope.shown(tuple.getKeyNode()));
            } else if (!key.getTag().equals(Tag.MERGE)) {
                var name = key.getValue();
                var first = own.putIfAbsent(name, place);
                if (first != null) {
                    var keyPath = path.isEmpty() ? name : path + "." + name;
                    scope.problems().add(place, keyPath, "this key is here twice, first in line " + first.line());
                }
                entries.putIfAbsent(name, new Entry(place, tuple.getValueNode()));
            }
        }
    }

    private void merge(Node value, Place place) {
        switch (value) {
            case MappingNode mapping -> toRead.push(mapping);
            case SequenceNode several
            when several.getValue().stream().allMatch(MappingNode.class::isInstance) ->
                several.getValue().reversed().forEach(mapping -> toRead.push((MappingNode) mapping));
            default ->
                scope.problems()
                        .add(place, path, "<< takes a mapping or a list of mappings, not " + Scope.shown(value));
        }
    }
}
