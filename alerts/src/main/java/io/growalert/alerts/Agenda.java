package io.growalert.alerts;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The entries by due time: a binary heap that stores the index of each entry, so that one is removed in logarithmic time.
 * An entry is in one agenda at a time.
 */
final class Agenda {
    private @Nullable Entry[] heap = new @Nullable Entry[16];
    private int size;

    @Nullable
    Entry first() {
        return heap[0];
    }

    void add(Entry entry, long due) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        entry.due = due;
        siftUp(size++, entry);
    }

    /** Does nothing when the entry is not here. */
    void remove(Entry entry) {
        int hole = entry.index;
        if (hole < 0 || hole >= size || heap[hole] != entry) {
            return;
        }
        entry.index = -1;
        Entry last = heap[--size];
        heap[size] = null;
        if (last != null && last != entry) {
            siftDown(hole, last);
            if (heap[hole] == last) {
                siftUp(hole, last);
            }
        }
    }

    /** Moves all by the same time, so their order stays. */
    void postpone(long by) {
        for (int i = 0; i < size; i++) {
            heap[i].due += by;
        }
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            heap[i].index = -1;
            heap[i] = null;
        }
        size = 0;
    }

    private void siftUp(int hole, Entry entry) {
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!isBefore(entry, heap[parent])) {
                break;
            }
            put(hole, heap[parent]);
            hole = parent;
        }
        put(hole, entry);
    }

    private void siftDown(int hole, Entry entry) {
        for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], entry)) {
                break;
            }
            put(hole, heap[child]);
            hole = child;
        }
        put(hole, entry);
    }

    private void put(int place, Entry entry) {
        heap[place] = entry;
        entry.index = place;
    }

    /** By difference, because monotonic nanoseconds may wrap around. */
    private static boolean isBefore(Entry one, Entry other) {
        return one.due - other.due < 0;
    }
}
