package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.report.Report;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The stand-in for Stripe with a past: so many events of customers that registered, subscribed, paid or failed to, ordered,
 * got refunds, disputed and left. It is made once for each size and seed, which takes a while, and stored in the build's folder.
 */
public final class StripeHistory implements AutoCloseable {
    private static final long SEED = 3;
    private static final double TIES = 0.01;
    private static final int AT_ONCE = 200;
    private static final int RENEWALS = 5;

    private final StripeSandbox sandbox;
    private final EventHistory history;

    private StripeHistory(StripeSandbox sandbox, EventHistory history) {
        this.sandbox = sandbox;
        this.history = history;
    }

    /** @param ties whether some events share a second with another of their object */
    public static StripeHistory of(int events, boolean ties) throws IOException {
        var folder = Path.of("tools/benchmarks/target/stripe-history-marked-%d-%d".formatted(SEED, events));
        var done = folder.resolve("done");
        boolean isThere = Files.exists(done);
        if (!isThere) {
            Files.createDirectories(folder);
            Files.deleteIfExists(folder.resolve("journal"));
        }
        // its clock resumes where the history ended, so that nothing becomes due in between
        var away = isThere ? Duration.between(Instant.parse(Files.readString(done)), Instant.now()) : Duration.ZERO;
        var sandbox = StripeSandbox.start(Options.defaults()
                .withJournal(folder.resolve("journal"))
                .withPrices(prices())
                .withClock(() -> Instant.now().minus(away)));
        try {
            var stripe = new SandboxClient(sandbox.apiBase());
            if (!isThere) {
                long start = System.nanoTime();
                live(stripe, events);
                Files.writeString(done, Instant.now().toString());
                Report.print("a history was made in %d s".formatted((System.nanoTime() - start) / 1_000_000_000));
                stripe.refusals().forEach((what, times) -> Report.print("  %,6d x %s".formatted(times, what)));
            }
            // what is read from Stripe afterwards is dated after all of it
            long end = Instant.parse(Files.readString(done)).getEpochSecond() - 60;
            var history = EventHistory.spread(events(stripe), end, ties ? TIES : 0, SEED);
            Report.print("%,d events, %,d of them in the second of the one before; objects: %s"
                    .formatted(history.events().size(), history.ties(), history.objects()));
            return new StripeHistory(sandbox, history);
        } catch (RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    static List<PlanPrice> prices() {
        return List.of(
                new PlanPrice("basic", "Basic", 900, "eur", "month"),
                new PlanPrice("grower", "Grower", 2_900, "eur", "month"),
                new PlanPrice("farm", "Farm", 9_900, "eur", "month"));
    }

    public EventHistory history() {
        return history;
    }

    public URI apiBase() {
        return sandbox.apiBase();
    }

    /** Lets customers live until there are that many events. */
    static void live(SandboxClient stripe, int events) {
        var random = new Random(SEED);
        var prices = new ArrayList<String>();
        stripe.get("/v1/prices")
                .path("data")
                .forEach(price -> prices.add(price.path("id").asString()));
        var shoppers = new ArrayList<SimulatedCustomer>();
        int number = 0;
        for (int step = 0; ; step++) {
            if (step % 100 == 0 && count(stripe) >= events) {
                return;
            }
            if (step % 60 == 59) {
                renew(stripe, random, prices, number++);
            }
            if (shoppers.size() < AT_ONCE) {
                shoppers.add(new SimulatedCustomer(stripe, random, prices, number++, null));
            }
            int chosen = random.nextInt(shoppers.size());
            shoppers.get(chosen).step();
            if (shoppers.get(chosen).isGone() || random.nextInt(12) == 0) {
                shoppers.remove(chosen); // some never return
            }
        }
    }

    /** A customer whose subscription renews a few times, because its clock is moved on by months. */
    private static void renew(SandboxClient stripe, Random random, List<String> prices, int number) {
        long time = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();
        var clock = stripe.post("/v1/test_helpers/test_clocks", "frozen_time", String.valueOf(time))
                .path("id")
                .asString("");
        var shopper = new SimulatedCustomer(stripe, random, prices, number, clock);
        shopper.start();
        for (int renewal = 0; renewal < RENEWALS && !shopper.isGone(); renewal++) {
            time += Duration.ofDays(32).toSeconds();
            stripe.post("/v1/test_helpers/test_clocks/" + clock + "/advance", "frozen_time", String.valueOf(time));
        }
    }

    private static int count(SandboxClient stripe) {
        return stripe.get("/sandbox/status").at("/objects/event").asInt();
    }

    /** All events, the first at the beginning. */
    static List<EventHistory.Event> events(SandboxClient stripe) {
        var events = new ArrayList<EventHistory.Event>();
        var page = stripe.get("/v1/events", "limit", "100");
        while (!page.path("data").isEmpty()) {
            page.path("data").forEach(event -> events.add(EventHistory.Event.of(event)));
            page = stripe.get(
                    "/v1/events",
                    "limit",
                    "100",
                    "starting_after",
                    events.getLast().id());
        }
        return events.reversed();
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
