package io.growalert.sandbox.fault;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The active faults. Chance is drawn from fixed seeds, so that the same run has the same faults again. */
public final class Faults {
    private static final long SEED_OF_SHARES = 1;

    private final InstantSource clock;
    private final List<Active> active = new ArrayList<>();

    public Faults(InstantSource clock) {
        this.clock = clock;
    }

    /** Applies to everything until it is cleared. */
    public void add(Fault fault) {
        add(fault, When.ALWAYS);
    }

    public synchronized void add(Fault fault, When when) {
        active.add(new Active(fault, when, clock.instant()));
    }

    /** Events that are already delayed or copied stay so. */
    public synchronized void clear() {
        active.clear();
    }

    synchronized List<Active> active() {
        return List.copyOf(active);
    }

    /** How long each copy of such an event waits before it is sent; none: it is never sent. */
    public synchronized List<Duration> copies(String eventType) {
        int copies = 1;
        boolean dropped = false;
        var delay = Duration.ZERO;
        var shuffles = new ArrayList<Active>();
        for (var each : List.copyOf(active)) {
            if (!(each.fault instanceof Fault.OfWebhook fault) || !hits(each, null, eventType)) {
                continue;
            }
            switch (fault) {
                case Fault.Drop() -> dropped = true;
                case Fault.Duplicates(int count) -> copies = Math.max(copies, count);
                case Fault.Delay(Duration by) -> delay = delay.plus(by);
                case Fault.Shuffle _ -> shuffles.add(each);
            }
        }
        if (dropped) {
            return List.of();
        }
        var base = delay;
        return IntStream.range(0, copies)
                .mapToObj(copy -> shuffles.stream().map(Active::drawn).reduce(base, Duration::plus))
                .toList();
    }

    /** The creation time of an event that is emitted now. */
    public synchronized Instant ofEvents() {
        var now = clock.instant();
        for (var each : active) {
            if (each.fault instanceof Fault.SameSecond(Duration hold)) {
                var past = Duration.between(each.since, now);
                return each.since.plus(hold.multipliedBy(past.dividedBy(hold)));
            }
        }
        return now;
    }

    /** The first active fault of this kind that applies to the request. */
    synchronized <F extends Fault> Optional<F> first(Class<F> kind, String method, String path) {
        for (var each : active) {
            if (kind.isInstance(each.fault) && hits(each, method, path)) {
                return Optional.of(kind.cast(each.fault));
            }
        }
        return Optional.empty();
    }

    private boolean hits(Active each, @Nullable String method, String actual) {
        if (!each.when.fits(method, actual) || each.random.nextDouble() >= each.when.share()) {
            return false;
        }
        if (each.when.next() > 0 && ++each.hits == each.when.next()) {
            active.remove(each);
        }
        return true;
    }

    /** A fault, and how often it has hit. */
    static final class Active {
        private final Fault fault;
        private final When when;
        private final Instant since;
        private final Random random;
        private int hits;

        private Active(Fault fault, When when, Instant since) {
            this.fault = fault;
            this.when = when;
            this.since = since;
            this.random = new Random(fault instanceof Fault.Shuffle shuffle ? shuffle.seed() : SEED_OF_SHARES);
        }

        Fault fault() {
            return fault;
        }

        When when() {
            return when;
        }

        int left() {
            return when.next() - hits;
        }

        private Duration drawn() {
            return fault instanceof Fault.Shuffle(Duration window, long _)
                    ? Duration.ofNanos(random.nextLong(window.toNanos()))
                    : Duration.ZERO;
        }
    }
}
