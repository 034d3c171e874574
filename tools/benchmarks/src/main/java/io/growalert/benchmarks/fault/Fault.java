package io.growalert.benchmarks.fault;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Something that breaks a part of the system and repairs it.
 *
 * @param name as it is printed
 * @param action breaks and repairs it
 * @param isSkippingSlots whether slots of monitors may be missing without being counted, because of it
 */
public record Fault(String name, Action action, boolean isSkippingSlots) {
    /** A step of a fault. */
    public interface Action {
        void run() throws Exception;
    }

    public Fault(String name, Action action) {
        this(name, action, false);
    }

    /** Begins, lasts for this time, and ends. */
    public static Fault lasting(String name, Duration time, Action begin, Action end) {
        return new Fault(name, () -> {
            begin.run();
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
            end.run();
        });
    }

    public Fault skippingSlots() {
        return new Fault(name, action, true);
    }
}
