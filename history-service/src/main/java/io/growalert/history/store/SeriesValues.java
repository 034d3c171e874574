package io.growalert.history.store;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Values of one series in memory; grows as they are added. */
public final class SeriesValues {
    private long[] slots = new long[64];
    private double[] values = new double[64];
    private byte[] statuses = new byte[64];
    private int size;

    public void add(long slot, double value, StoredStatus status) {
        if (size == slots.length) {
            slots = Arrays.copyOf(slots, size * 2);
            values = Arrays.copyOf(values, size * 2);
            statuses = Arrays.copyOf(statuses, size * 2);
        }
        slots[size] = slot;
        values[size] = value;
        statuses[size] = (byte) status.code();
        size++;
    }

    public int size() {
        return size;
    }

    public long slot(int index) {
        return slots[index];
    }

    public double value(int index) {
        return values[index];
    }

    public StoredStatus status(int index) {
        return StoredStatus.of(statuses[index]);
    }

    /** In the order of slots. */
    public SeriesValues sorted() {
        for (int i = 1; i < size; i++) {
            if (slots[i] < slots[i - 1]) {
                return copyInOrder();
            }
        }
        return this;
    }

    private SeriesValues copyInOrder() {
        var sorted = new SeriesValues();
        IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingLong(i -> slots[i]))
                .forEach(i -> sorted.add(slots[i], values[i], status(i)));
        return sorted;
    }
}
