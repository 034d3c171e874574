package io.growalert.sandbox.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import tools.jackson.databind.node.ObjectNode;

/**
 * One endpoint's pending deliveries: each is posted when it is due, and retried with exponential back-off until it is accepted or
 * three days have passed. An endpoint that hangs holds back its own deliveries only.
 */
public final class EndpointQueue implements AutoCloseable {
    /** In about a minute. */
    private static final int QUIET_ATTEMPTS = 7;

    private static final Logger LOG = LoggerFactory.getLogger(EndpointQueue.class);

    private static final int CONCURRENCY = 16;
    /** Deliveries beyond this are dropped; their events stay listed as undelivered. */
    private static final int CAPACITY = 200_000;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(60);
    private static final Duration GIVEN_UP_AFTER = Duration.ofDays(3);
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final WebhookEndpoint endpoint;
    private final HttpClient client;
    private final InstantSource clock;
    private final UnaryOperator<ObjectNode> rendering;
    private final Consumer<ObjectNode> taken;

    private final PriorityQueue<Delivery> queue =
            new PriorityQueue<>(Comparator.comparing(Delivery::due).thenComparingLong(Delivery::number));
    private final Semaphore places = new Semaphore(CONCURRENCY);
    private final Semaphore calls = new Semaphore(0);
    private final AtomicInteger underWay = new AtomicInteger();
    private final Thread loop;
    private long numbers;
    private volatile boolean closed;

    /**
     * @param rendering the event as it is sent now
     * @param taken called with an event that got a 2xx, for each copy
     */
    EndpointQueue(
            WebhookEndpoint endpoint,
            HttpClient client,
            InstantSource clock,
            UnaryOperator<ObjectNode> rendering,
            Consumer<ObjectNode> taken) {
        this.endpoint = endpoint;
        this.client = client;
        this.clock = clock;
        this.rendering = rendering;
        this.taken = taken;
        this.loop = Thread.ofVirtual().name("webhooks-" + endpoint.id()).start(this::run);
    }

    private record Delivery(ObjectNode event, int attempt, Instant begun, Instant due, long number) {
        String eventId() {
            return event.path("id").asString();
        }
    }

    WebhookEndpoint endpoint() {
        return endpoint;
    }

    void offer(ObjectNode event, Duration wait) {
        var due = clock.instant().plus(wait);
        if (!enqueue(event, 1, due, due)) {
            LOG.atWarn()
                    .addKeyValue("endpoint", endpoint.id())
                    .addKeyValue("capacity", CAPACITY)
                    .log("Queue of the webhook endpoint is full; delivery dropped");
        }
    }

    /** Reads the clock again. */
    void wake() {
        calls.release();
    }

    int waiting() {
        synchronized (queue) {
            return queue.size() + underWay.get();
        }
    }

    @Override
    public void close() {
        closed = true;
        loop.interrupt();
    }

    private boolean enqueue(ObjectNode event, int attempt, Instant begun, Instant due) {
        synchronized (queue) {
            if (queue.size() >= CAPACITY) {
                return false;
            }
            queue.add(new Delivery(event, attempt, begun, due, numbers++));
        }
        wake();
        return true;
    }

    private void run() {
        try {
            while (!closed) {
                places.acquire();
                var delivery = nextDue();
                Thread.ofVirtual().name("webhook-" + delivery.eventId()).start(() -> {
                    try {
                        attempt(delivery);
                    } finally {
                        underWay.decrementAndGet();
                        places.release();
                    }
                });
            }
        } catch (InterruptedException e) {
            // closed: nothing more is sent
            Thread.currentThread().interrupt();
        }
    }

    private Delivery nextDue() throws InterruptedException {
        while (true) {
            var wait = IDLE;
            synchronized (queue) {
                var first = queue.peek();
                if (first != null) {
                    var untilDue = Duration.between(clock.instant(), first.due());
                    if (!untilDue.isPositive()) {
                        underWay.incrementAndGet();
                        return queue.remove();
                    }
                    wait = untilDue.compareTo(IDLE) < 0 ? untilDue : IDLE;
                }
            }
            if (calls.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                calls.drainPermits();
            }
        }
    }

    private void attempt(Delivery delivery) {
        var reason = post(delivery);
        if (reason == null) {
            taken.accept(delivery.event());
            return;
        }
        if (closed) {
            return;
        }
        var next = clock.instant().plus(delayAfter(delivery.attempt()));
        boolean again = Duration.between(delivery.begun(), next).compareTo(GIVEN_UP_AFTER) <= 0
                && enqueue(delivery.event(), delivery.attempt() + 1, delivery.begun(), next);
        // an endpoint that starts after the sandbox is expected
        LOG.atLevel(again && delivery.attempt() <= QUIET_ATTEMPTS ? Level.DEBUG : Level.WARN)
                .addKeyValue("endpoint", endpoint.id())
                .addKeyValue("stripeEventId", delivery.eventId())
                .addKeyValue("attempt", delivery.attempt())
                .addKeyValue("reason", reason)
                .log(again ? "Webhook not accepted; retrying" : "Webhook not accepted; given up");
    }

    /** Why the endpoint did not accept it, or null. */
    private @Nullable String post(Delivery delivery) {
        var body = rendering.apply(delivery.event()).toPrettyString().getBytes(UTF_8);
        var request = HttpRequest.newBuilder(endpoint.url())
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
                .header("Stripe-Signature", WebhookSigner.header(endpoint.secret(), clock.instant(), body))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        try {
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            return status >= 200 && status < 300 ? null : "HTTP " + status;
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "closed";
        }
    }

    /** 1 s, 2 s, 4 s and so on up to a minute; attempts count from 1. */
    static Duration delayAfter(int attempt) {
        var delay = FIRST_DELAY.multipliedBy(1L << Math.min(attempt - 1, 6));
        return delay.compareTo(LONGEST_DELAY) < 0 ? delay : LONGEST_DELAY;
    }
}
