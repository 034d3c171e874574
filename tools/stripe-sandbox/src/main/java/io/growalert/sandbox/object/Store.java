package io.growalert.sandbox.object;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * All objects, by id, and by kind in the order of their creation. Everything that reads or changes one does so within
 * {@link #locked}; whatever was saved there goes to the journal when the lock is released.
 */
public final class Store {
    private static final String SEQUENCE = "_seq";

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ObjectNode> byId = new LinkedHashMap<>();
    private final Map<String, NavigableMap<Long, ObjectNode>> byKind = new LinkedHashMap<>();
    private final Map<String, ObjectNode> unsaved = new LinkedHashMap<>();
    private Consumer<List<ObjectNode>> journal = _ -> {};
    private long sequence;

    /** Runs the work exclusively, and commits what it saved, also when it fails. */
    public <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            try {
                if (lock.getHoldCount() == 1) {
                    commit();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** From now on the journal receives each commit's objects, in the order of their first change and in their final state; under the lock. */
    public void journal(Consumer<List<ObjectNode>> journal) {
        this.journal = journal;
    }

    /** Restores the objects of a journal in its order, before anything else is saved. */
    public void restore(ObjectNode object) {
        sequence = Math.max(sequence, JsonNodes.number(object, SEQUENCE));
        place(object);
    }

    /** Stores a new or changed object. */
    public ObjectNode save(ObjectNode object) {
        if (!object.has(SEQUENCE)) {
            var old = byId.get(JsonNodes.id(object));
            object.put(SEQUENCE, old == null ? ++sequence : JsonNodes.number(old, SEQUENCE));
        }
        place(object);
        unsaved.put(JsonNodes.id(object), object);
        return object;
    }

    private void place(ObjectNode object) {
        byId.put(JsonNodes.id(object), object);
        byKind.computeIfAbsent(JsonNodes.textOf(object, "object"), _ -> new TreeMap<>())
                .put(JsonNodes.number(object, SEQUENCE), object);
    }

    /** Removes an object. Only objects that no list shows may be removed: the journal receives stored objects only. */
    void forget(ObjectNode object) {
        byId.remove(JsonNodes.id(object));
        kind(JsonNodes.textOf(object, "object")).remove(JsonNodes.number(object, SEQUENCE));
    }

    @Nullable
    public ObjectNode find(String kind, @Nullable String id) {
        var object = id == null ? null : byId.get(id);
        return object != null && kind.equals(JsonNodes.text(object, "object")) ? object : null;
    }

    @Nullable
    public ObjectNode find(String id) {
        return byId.get(id);
    }

    /**
     * @throws ApiError 404 when there is none of this kind, or it was deleted
     */
    public ObjectNode get(String kind, String id) {
        var object = find(kind, id);
        if (object == null || JsonNodes.flag(object, "deleted")) {
            throw ApiError.noSuch(kind, id, "id");
        }
        return object;
    }

    /** The objects of a kind by their place in the order of creation. */
    public NavigableMap<Long, ObjectNode> kind(String kind) {
        return byKind.computeIfAbsent(kind, _ -> new TreeMap<>());
    }

    /** The objects of a kind, the oldest first; a copy, so that they may be changed in the meantime. */
    public List<ObjectNode> all(String kind) {
        return new ArrayList<>(kind(kind).values());
    }

    /** How many objects there are, by kind. */
    public Map<String, Integer> counts() {
        var counts = new LinkedHashMap<String, Integer>();
        byKind.forEach((kind, objects) -> {
            if (!objects.isEmpty()) {
                counts.put(kind, objects.size());
            }
        });
        return counts;
    }

    static long place(ObjectNode object, String param) {
        if (!object.has(SEQUENCE)) {
            throw new IllegalStateException(param + " was never saved");
        }
        return JsonNodes.number(object, SEQUENCE);
    }

    private void commit() {
        if (!unsaved.isEmpty()) {
            var changed = List.copyOf(unsaved.values());
            unsaved.clear();
            journal.accept(changed);
        }
    }
}
