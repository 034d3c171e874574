package io.growalert.billing.inbox;

import io.growalert.billing.ledger.EventTypes;
import io.growalert.billing.ledger.LedgerSignal;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stores events, several by one commit: while a few writers wait for the disk the next events gather, so that a lone one does
 * not wait, and the more there are at once the fewer commits each needs.
 */
final class Inbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private static final int WRITERS = 2;
    private static final int BATCH = 256;
    private static final int CAPACITY = 2_048;
    private static final int STATEMENT_SECONDS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** After a failure a writer does not wait for the next event to find out that it can store again. */
    private static final Duration PROBE = Duration.ofSeconds(2);

    private final ArrayBlockingQueue<Entry> waiting = new ArrayBlockingQueue<>(CAPACITY);
    private final JdbcClient jdbc;
    private final LedgerSignal ledger;
    private final Counter stored;
    private final Counter repeated;
    private final List<Progress> loops;
    private final List<Thread> writers;
    private volatile boolean closed;

    Inbox(JdbcClient jdbc, LedgerSignal ledger, MeterRegistry meters) {
        this(jdbc, ledger, meters, Progress::new);
    }

    Inbox(JdbcClient jdbc, LedgerSignal ledger, MeterRegistry meters, Function<String, Progress> progress) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        stored = meters.counter("growalert.webhook.events", "kind", "new");
        repeated = meters.counter("growalert.webhook.events", "kind", "repeated");
        Gauge.builder("growalert.webhook.waiting", waiting, Collection::size)
                .description("webhooks that wait to be stored")
                .register(meters);
        loops = IntStream.range(0, WRITERS)
                .mapToObj(n -> progress.apply("inbox-" + n))
                .toList();
        writers = loops.stream()
                .map(loop -> Thread.ofPlatform().name(loop.loop()).start(() -> writeUntilClosed(loop)))
                .toList();
    }

    List<Progress> loops() {
        return loops;
    }

    /** An event could not be stored, as far as we know; who sent it has to send it again. */
    static final class NotStored extends Exception {
        NotStored(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    /** An event whose request waits. */
    private record Entry(StripeEvent event, CompletableFuture<Void> done) {}

    /** Returns when the event is on the disk, by this call or since an earlier one. */
    void store(StripeEvent event) throws NotStored {
        var entry = new Entry(event, new CompletableFuture<>());
        if (closed || !waiting.offer(entry)) {
            throw new NotStored(closed ? "the service stops" : "too many events wait", null);
        }
        try {
            entry.done().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new NotStored("the database does not take events", e.getCause());
        } catch (TimeoutException e) {
            throw new NotStored("the database does not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotStored("the service stops", e);
        }
    }

    private void writeUntilClosed(Progress loop) {
        var batch = new ArrayList<Entry>(BATCH);
        try {
            while (!closed) {
                batch.clear();
                var first = loop.isFailing() ? waiting.poll(PROBE.toSeconds(), TimeUnit.SECONDS) : waiting.take();
                if (first != null) {
                    batch.add(first);
                    waiting.drainTo(batch, BATCH - 1);
                }
                write(batch, loop);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!closed) {
                loop.terminated("its thread ended");
            }
        }
    }

    /** An empty batch stores nothing, and shows whether something could be stored. */
    private void write(List<Entry> batch, Progress loop) {
        loop.begin();
        try {
            insert(batch.stream().map(Entry::event).toList());
            batch.forEach(entry -> entry.done().complete(null));
            loop.end();
        } catch (DataIntegrityViolationException e) {
            writeEach(batch, loop);
        } catch (Throwable e) {
            loop.failed(e);
            // whoever waits longer would only learn the same later
            waiting.drainTo(batch);
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("events", batch.size())
                    .log("Events cannot be stored; Stripe is asked to send them again");
            batch.forEach(entry -> entry.done().completeExceptionally(e));
        }
    }

    /** One event that the database cannot hold keeps no other out. */
    private void writeEach(List<Entry> batch, Progress loop) {
        loop.end();
        for (var entry : batch) {
            try {
                insert(List.of(entry.event()));
                entry.done().complete(null);
            } catch (Throwable e) {
                if (!(e instanceof DataIntegrityViolationException)) {
                    loop.failed(e);
                }
                // not its message, which would show what the database does not take
                LOG.atError()
                        .addKeyValue("reason", e.getClass().getSimpleName())
                        .addKeyValue("stripeEventId", entry.event().id())
                        .log("An event cannot be stored; Stripe is asked to send it again");
                entry.done().completeExceptionally(e);
            }
        }
    }

    private static final String INSERT = """
            insert into billing.stripe_events (id, type, created, object, customer, payload, state, done_at)
            select id, type, to_timestamp(created), object, customer, case when state = 'received' then payload end, state,
                   case when state = 'ignored' then clock_timestamp() end
            from unnest(:ids::text[], :types::text[], :created::bigint[], :objects::text[], :customers::text[],
                        :payloads::text[], :states::text[])
                 as event (id, type, created, object, customer, payload, state)
            on conflict do nothing
            """;

    /** In the order of the ids: instances that insert the same events at once wait for each other, never in a circle. */
    void insert(List<StripeEvent> events) {
        var distinct = new TreeMap<String, StripeEvent>();
        events.forEach(event -> distinct.putIfAbsent(event.id(), event));
        var rows = distinct.values();
        int inserted = jdbc.sql(INSERT)
                .param("ids", texts(rows, StripeEvent::id))
                .param("types", texts(rows, StripeEvent::type))
                .param("created", rows.stream().map(StripeEvent::created).toArray(Long[]::new))
                .param("objects", texts(rows, StripeEvent::object))
                .param("customers", texts(rows, StripeEvent::customer))
                .param("payloads", texts(rows, StripeEvent::payload))
                .param("states", texts(rows, event -> EventTypes.areApplied(event.type()) ? "received" : "ignored"))
                .withQueryTimeout(STATEMENT_SECONDS)
                .update();
        stored.increment(inserted);
        repeated.increment(events.size() - inserted);
        if (inserted > 0) {
            ledger.wake();
        }
    }

    private static @Nullable String[] texts(
            Collection<StripeEvent> events, Function<StripeEvent, @Nullable String> field) {
        return events.stream().map(field).toArray(String[]::new);
    }

    /** After the last request: who waits nevertheless learns that its event was not stored. */
    @Override
    public void close() {
        closed = true;
        writers.forEach(Thread::interrupt);
        try {
            for (var writer : writers) {
                writer.join(PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var left = new ArrayList<Entry>();
        waiting.drainTo(left);
        left.forEach(entry -> entry.done().completeExceptionally(new IllegalStateException("the service stops")));
    }
}
