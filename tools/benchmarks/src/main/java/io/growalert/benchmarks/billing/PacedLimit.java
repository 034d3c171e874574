package io.growalert.benchmarks.billing;

/** Lets so many through by and by, so that each fault has its part of the load. */
final class PacedLimit {
    private final long all;
    private long from;
    private long to;
    private long openedAt;
    private double seconds = 1;

    PacedLimit(long all) {
        this.all = all;
    }

    /** From what is allowed now to this share of all, evenly over so many seconds. */
    synchronized void openTo(double share, double seconds) {
        from = allowed();
        to = Math.round(share * all);
        openedAt = System.nanoTime();
        this.seconds = seconds;
    }

    /** How many may have gone through by now. */
    synchronized long allowed() {
        double passed = (System.nanoTime() - openedAt) / 1e9 / seconds;
        return from + Math.round((to - from) * Math.min(1, passed));
    }
}
