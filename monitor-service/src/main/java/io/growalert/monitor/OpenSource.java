package io.growalert.monitor;

import io.growalert.monitor.source.GuardedSource;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.Row;
import io.growalert.monitor.source.SourceException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A source in use. Once retired it takes no new query and closes when the last one is done. */
final class OpenSource {
    /** Added to the number of users when the source is retired. */
    private static final int RETIRED = 1 << 30;

    private final SourceDefinition definition;
    private final GuardedSource source;
    private final String name;
    private final MeterRegistry meters;
    private final Timer answered;
    private final AtomicInteger users = new AtomicInteger();

    OpenSource(String name, SourceDefinition definition, MeterRegistry meters) {
        this.name = name;
        this.definition = definition;
        this.source = new GuardedSource(
                name,
                definition.config().open(),
                Math.min(definition.limit(), definition.config().connections()));
        this.meters = meters;
        this.answered = calls("answered");
    }

    SourceDefinition definition() {
        return definition;
    }

    GuardedSource.State state() {
        return source.state();
    }

    /** Keeps the source open until {@link #release}; false when it is retired. */
    boolean acquire() {
        return users.getAndUpdate(now -> now >= RETIRED ? now : now + 1) < RETIRED;
    }

    void release() {
        if (users.decrementAndGet() == RETIRED) {
            source.close();
        }
    }

    void retire() {
        if (users.getAndUpdate(now -> now >= RETIRED ? now : now + RETIRED) == 0) {
            source.close();
        }
    }

    List<Row> query(Query query) throws SourceException, InterruptedException {
        long start = System.nanoTime();
        try {
            var rows = source.query(query);
            answered.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            return rows;
        } catch (SourceException e) {
            calls(e.kind().name().toLowerCase(Locale.ROOT)).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            throw e;
        }
    }

    private Timer calls(String outcome) {
        return meters.timer("growalert.source.calls", "source", name, "outcome", outcome);
    }
}
