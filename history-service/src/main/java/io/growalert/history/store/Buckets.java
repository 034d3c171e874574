package io.growalert.history.store;

import java.util.Arrays;

/** Minimum, maximum, sum, count and worst status of the values in each of equal spans of time. */
public final class Buckets {
    final double[] low;
    final double[] high;
    final double[] sum;
    final int[] count;
    final StoredStatus[] status;

    public Buckets(int size) {
        low = new double[size];
        high = new double[size];
        sum = new double[size];
        count = new int[size];
        status = new StoredStatus[size];
        Arrays.fill(status, StoredStatus.PASSED);
    }

    public void add(int bucket, double value, StoredStatus of) {
        add(bucket, value, value, value, 1, of);
    }

    public void add(int bucket, double least, double most, double total, int values, StoredStatus of) {
        low[bucket] = count[bucket] == 0 ? least : Math.min(low[bucket], least);
        high[bucket] = count[bucket] == 0 ? most : Math.max(high[bucket], most);
        sum[bucket] += total;
        count[bucket] += values;
        status[bucket] = status[bucket].worse(of);
    }

    public int size() {
        return count.length;
    }

    public int count(int bucket) {
        return count[bucket];
    }

    public double low(int bucket) {
        return low[bucket];
    }

    public double high(int bucket) {
        return high[bucket];
    }

    /** Within minimum and maximum: a sum is rounded. */
    public double mean(int bucket) {
        return Math.clamp(sum[bucket] / count[bucket], low[bucket], high[bucket]);
    }

    public StoredStatus status(int bucket) {
        return status[bucket];
    }
}
