package io.growalert.dispatcher.notify;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.growalert.dispatcher.receiver.DeliveryRate;
import io.growalert.dispatcher.receiver.Receiver;
import java.util.HashMap;
import java.util.Map;

/** How many attempts the rate of each receiver permits now. For one thread. */
final class ReceiverRates {
    private final TimeMeter time;
    private final Map<String, Limited> limited = new HashMap<>();

    ReceiverRates(TimeMeter time) {
        this.time = time;
    }

    private record Limited(DeliveryRate rate, Bucket bucket) {}

    /** At most {@code free}. */
    int permits(Receiver receiver, int free) {
        if (receiver.rate().isEmpty()) {
            limited.remove(receiver.name());
            return free;
        }
        var rate = receiver.rate().get();
        var current = limited.get(receiver.name());
        if (current == null || !current.rate().equals(rate)) {
            current = new Limited(rate, bucket(rate));
            limited.put(receiver.name(), current);
        }
        return (int) Math.min(free, current.bucket().getAvailableTokens());
    }

    /** An attempt starts. */
    void spend(String receiver) {
        var current = limited.get(receiver);
        if (current != null) {
            current.bucket().tryConsume(1);
        }
    }

    private Bucket bucket(DeliveryRate rate) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(rate.attempts()).refillGreedy(rate.attempts(), rate.per()))
                .withCustomTimePrecision(time)
                .build();
    }
}
