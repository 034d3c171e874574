package io.growalert.billing.webhook;

import io.growalert.billing.projection.EventTypes;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.loop.Waiter;
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
 * Stores events, several per commit: while a few writers wait for the disk the next events queue up, so that a single event
 * is written at once, and the more arrive the fewer commits each needs.
 */
final class Inbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private static final int WRITERS = 2;
    private static final int BATCH = 256;
    private static final int CAPACITY = 2_048;
    private static final int STATEMENT_SECONDS = 10;
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(15);
    /** Only {@link #store} ends the wait. */
    private static final Duration UNTIL_WOKEN = Duration.ofDays(1);

    /** Events that arrive during a back-off wait for its end, so it is short. */
    private static final Loop.Options RETRY = Loop.Options.DEFAULT
            .withRetry(Duration.ofMillis(100), Duration.ofSeconds(1))
            .withGrace(STORE_TIMEOUT);

    private final ArrayBlockingQueue<Entry> waiting = new ArrayBlockingQueue<>(CAPACITY);
    private final Waiter queued = new Waiter();
    private final JdbcClient jdbc;
    private final Waiter storedEvents;
    private final Counter stored;
    private final Counter repeated;
    private final List<Loop> writers;
    private volatile boolean closed;

    /** @param storedEvents woken when an event was stored */
    Inbox(JdbcClient jdbc, Waiter storedEvents, MeterRegistry meters) {
        this(jdbc, storedEvents, meters, Progress::new);
    }

    Inbox(JdbcClient jdbc, Waiter storedEvents, MeterRegistry meters, Function<String, Progress> progress) {
        this.jdbc = jdbc;
        this.storedEvents = storedEvents;
        stored = meters.counter("growalert.webhook.events", "kind", "new");
        repeated = meters.counter("growalert.webhook.events", "kind", "repeated");
        Gauge.builder("growalert.webhook.waiting", waiting, Collection::size)
                .description("webhooks that wait to be stored")
                .register(meters);
        writers = IntStream.range(0, WRITERS)
                .mapToObj(n -> new Loop(
                        progress.apply("inbox-" + n),
                        "Storing events failed; Stripe resends them",
                        RETRY,
                        queued,
                        this::round))
                .toList();
        writers.forEach(Loop::start);
    }

    List<Progress> loops() {
        return writers.stream().map(Loop::progress).toList();
    }

    /** The event is not stored, as far as is known; the sender must resend it. */
    static final class NotStored extends Exception {
        NotStored(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    /** An event whose request waits. */
    private record Entry(StripeEvent event, CompletableFuture<Void> done) {}

    /** Returns when the event is on the disk, by this call or an earlier one. */
    void store(StripeEvent event) throws NotStored {
        var entry = new Entry(event, new CompletableFuture<>());
        if (closed || !waiting.offer(entry)) {
            throw new NotStored(closed ? "the service is stopping" : "too many events are waiting", null);
        }
        queued.wake();
        try {
            entry.done().get(STORE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new NotStored("the database did not store the event", e.getCause());
        } catch (TimeoutException e) {
            throw new NotStored("the database timed out", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotStored("the service is stopping", e);
        }
    }

    private Duration round(Loop loop) {
        var batch = new ArrayList<Entry>();
        waiting.drainTo(batch, BATCH);
        if (batch.isEmpty() && !loop.progress().isFailing()) {
            return UNTIL_WOKEN;
        }
        if (!waiting.isEmpty()) {
            // the wake-ups of a burst may all have ended one writer's wait
            queued.wake();
        }
        write(batch, loop.progress());
        return Duration.ZERO;
    }

    /** An empty batch stores nothing, and shows whether the database is reachable again. */
    private void write(List<Entry> batch, Progress progress) {
        try {
            insert(batch.stream().map(Entry::event).toList());
            batch.forEach(entry -> entry.done().complete(null));
        } catch (DataIntegrityViolationException e) {
            writeEach(batch);
        } catch (Throwable e) {
            // before the requests end, and with them the queued ones, which would fail likewise
            progress.failed(e);
            waiting.drainTo(batch);
            batch.forEach(entry -> entry.done().completeExceptionally(e));
            throw e;
        }
    }

    /** An event that the database cannot store does not hold back the others. */
    private void writeEach(List<Entry> batch) {
        RuntimeException failure = null;
        for (var entry : batch) {
            try {
                insert(List.of(entry.event()));
                entry.done().complete(null);
            } catch (RuntimeException e) {
                if (!(e instanceof DataIntegrityViolationException)) {
                    failure = e;
                }
                // without the message, which would quote the rejected value
                LOG.atError()
                        .addKeyValue("reason", e.getClass().getSimpleName())
                        .addKeyValue("stripeEventId", entry.event().id())
                        .log("Storing an event failed; Stripe resends it");
                entry.done().completeExceptionally(e);
            }
        }
        if (failure != null) {
            throw failure;
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

    /** In the order of the ids, so that instances that insert the same events do not deadlock. */
    void insert(List<StripeEvent> events) {
        var distinct = new TreeMap<String, StripeEvent>();
        events.forEach(event -> distinct.putIfAbsent(event.id(), event));
        var rows = distinct.values();
        int inserted = jdbc.sql(INSERT)
                .param("ids", Columns.texts(rows, StripeEvent::id))
                .param("types", Columns.texts(rows, StripeEvent::type))
                .param("created", Columns.numbers(rows, StripeEvent::created))
                .param("objects", Columns.texts(rows, StripeEvent::object))
                .param("customers", Columns.texts(rows, StripeEvent::customer))
                .param("payloads", Columns.texts(rows, StripeEvent::payload))
                .param("states", Columns.texts(rows, event -> initialState(event)
                        .text()))
                .withQueryTimeout(STATEMENT_SECONDS)
                .update();
        stored.increment(inserted);
        repeated.increment(events.size() - inserted);
        if (inserted > 0) {
            storedEvents.wake();
        }
    }

    private static EventState initialState(StripeEvent event) {
        return EventTypes.areApplied(event.type()) ? EventState.RECEIVED : EventState.IGNORED;
    }

    /** After the last request; the event of a request that still waits is not stored. */
    @Override
    public void close() {
        closed = true;
        writers.forEach(Loop::requestStop);
        writers.forEach(Loop::stop);
        var left = new ArrayList<Entry>();
        waiting.drainTo(left);
        left.forEach(entry -> entry.done().completeExceptionally(new IllegalStateException("the service is stopping")));
    }
}
