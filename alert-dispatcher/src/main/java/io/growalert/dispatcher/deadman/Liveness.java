package io.growalert.dispatcher.deadman;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether the whole chain works, as far as the heartbeats show.
 *
 * @param partitions how many partitions growalert.check-results has
 * @param late those without a recent heartbeat, and the age of their last one; empty when there was none
 * @param oldest the age of the oldest one of the last heartbeats; empty when there are none
 */
record Liveness(int partitions, Map<Integer, Optional<Duration>> late, Optional<Duration> oldest) {
    Liveness {
        late = Collections.unmodifiableMap(new TreeMap<>(late));
    }

    /**
     * @param ages of the last heartbeat by partition; those of partitions that do not exist any more count for nothing
     * @param limit from which on a heartbeat is not recent; so far in the future, it is not either
     */
    static Liveness of(int partitions, Map<Integer, Duration> ages, Duration limit) {
        var late = new TreeMap<Integer, Optional<Duration>>();
        Optional<Duration> oldest = Optional.empty();
        for (int partition = 0; partition < partitions; partition++) {
            var age = Optional.ofNullable(ages.get(partition));
            // one of the future was stored before the database's clock was set back, and says nothing of the present
            if (age.isEmpty() || age.get().abs().compareTo(limit) >= 0) {
                late.put(partition, age);
            }
            if (age.isPresent() && (oldest.isEmpty() || age.get().compareTo(oldest.get()) > 0)) {
                oldest = age;
            }
        }
        return new Liveness(partitions, late, oldest);
    }

    /** Whether every partition's last heartbeat is recent; false without any partition. */
    boolean isAlive() {
        return partitions > 0 && late.isEmpty();
    }
}
