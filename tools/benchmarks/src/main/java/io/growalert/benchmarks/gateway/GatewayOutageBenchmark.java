package io.growalert.benchmarks.gateway;

import io.growalert.benchmarks.fault.Fault;
import io.growalert.benchmarks.load.HttpLoad;
import io.growalert.benchmarks.load.LoadRequest;
import io.growalert.benchmarks.load.Replies;
import io.growalert.benchmarks.load.Replies.Reply;
import io.growalert.benchmarks.load.TrivialServer;
import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.process.ChildJvm;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Billing unavailable for a while: its process ended, is frozen, or accepts requests and never responds. The responses of each
 * route meanwhile, their latency, and the time to recovery.
 *
 * <p>Argument: for how many seconds it is unavailable (60).
 */
final class GatewayOutageBenchmark implements AutoCloseable {
    private static final String TOKEN = "Authorization: Bearer " + GatewayInstance.OPERATOR_TOKEN;
    private static final List<LoadRequest> BILLINGS = List.of(
            LoadRequest.get("/config"),
            LoadRequest.post("/webhook", "{}"),
            LoadRequest.get("/api/billing/parked", TOKEN));
    private static final List<LoadRequest> OTHERS = List.of(
            LoadRequest.get("/api/monitors", TOKEN),
            LoadRequest.get("/api/mutes", TOKEN),
            LoadRequest.get("/register.html"),
            LoadRequest.get("/health"));

    private static final int EACH_PER_SECOND = 10;
    /** More than may be with a backend at once. */
    private static final int CONNECTIONS = 256;

    private static final int ADDRESSES = 64;
    private static final int BEFORE_SECONDS = 10;
    private static final int AFTER_SECONDS = 20;
    private static final double LONGEST_SECONDS = 32;
    private static final double WELL_AGAIN_SECONDS = 11;

    private final Path console;
    private final int billing;
    private final int seconds;
    private final Report report = new Report();
    private ChildJvm process;

    private GatewayOutageBenchmark(Path console, int billing, int seconds) throws IOException, InterruptedException {
        this.console = console;
        this.billing = billing;
        this.seconds = seconds;
        process = start();
    }

    /** When the outage of billing began, when its recovery began, and when it had recovered, as {@link System#nanoTime()}. */
    private record Outage(long from, long until, long to) {}

    public static void main(String... args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
        int billing = PortRange.free(0);
        Report report;
        try (var folder = ScratchFolder.make("growalert-gateway");
                var others = new TrivialServer(0, TrivialServer.JSON);
                var benchmark = new GatewayOutageBenchmark(folder.resolve("billing.log"), billing, seconds);
                var gateway = GatewayInstance.start(folder.resolve("gateway.log"), billing, others.port(), Map.of())) {
            gateway.awaitHealthy();
            report = benchmark.report;
            int port = gateway.port();
            benchmark.measure("its process ended", port, benchmark::end, benchmark::startAgain);
            benchmark.measure("it is frozen (SIGSTOP)", port, benchmark::freeze, benchmark::thaw);
            benchmark.end();
            // connections to it outlive it, so it comes last
            try (var server = new TrivialServer(billing, TrivialServer.JSON)) {
                benchmark.measure(
                        "it accepts requests and never responds",
                        port,
                        () -> server.beSilent(true),
                        () -> server.beSilent(false));
            }
        }
        System.exit(report.conclude());
    }

    /** What stands in for billing; it listens when this returns. */
    private ChildJvm start() throws IOException, InterruptedException {
        var options = List.of("-Xmx64m", "-XX:+UseSerialGC");
        var started = ChildJvm.start(TrivialServer.class, console, options, List.of(String.valueOf(billing)));
        Await.until(Duration.ofSeconds(30), () -> {
            try (var _ = new Socket(HttpLoad.ADDRESS, billing)) {
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return started;
    }

    private void end() throws InterruptedException {
        process.kill();
    }

    private void startAgain() throws IOException, InterruptedException {
        process = start();
    }

    private void freeze() throws IOException, InterruptedException {
        process.freeze();
    }

    private void thaw() throws IOException, InterruptedException {
        process.thaw();
    }

    private void measure(String name, int port, Fault.Action begins, Fault.Action ends) throws Exception {
        Report.print("billing is unavailable for %d s: %s".formatted(seconds, name));
        var stop = new AtomicBoolean();
        Outage outage;
        Replies billings;
        Replies others;
        try (var threads = Executors.newFixedThreadPool(2)) {
            var asked = load(threads, port, BILLINGS, stop);
            var besides = load(threads, port, OTHERS, stop);
            TimeUnit.SECONDS.sleep(BEFORE_SECONDS);
            begins.run();
            long from = System.nanoTime();
            TimeUnit.SECONDS.sleep(seconds);
            long until = System.nanoTime();
            ends.run();
            outage = new Outage(from, until, System.nanoTime());
            TimeUnit.SECONDS.sleep(AFTER_SECONDS);
            stop.set(true);
            billings = asked.join();
            others = besides.join();
        }
        report(billings, BILLINGS, outage);
        report(others, OTHERS, outage);
        report.check("what does not need billing is answered with 200", others.failures());
        var meanwhile = billings.between(outage.from(), outage.until());
        report.check(
                "requests that need billing get 502, 503 or 504 while it is down",
                meanwhile
                        .where(reply -> reply.answered() - outage.until() < 0)
                        .where(reply -> reply.status() < 502 || reply.status() > 504)
                        .all()
                        .stream()
                        .map(reply -> "%s: %s".formatted(reply.name(), reply.outcome()))
                        .toList());
        double longest = meanwhile.milliseconds(1) / 1e3;
        report.checkBound(
                "longest wait, in s", longest, longest <= LONGEST_SECONDS, "at most %.0f".formatted(LONGEST_SECONDS));
        double again = wellAfter(billings, outage);
        report.checkBound(
                "time to recovery, in s",
                again,
                again <= WELL_AGAIN_SECONDS,
                "at most %.0f".formatted(WELL_AGAIN_SECONDS));
    }

    private static CompletableFuture<Replies> load(
            ExecutorService threads, int port, List<LoadRequest> asks, AtomicBoolean stop) {
        var load = new HttpLoad(port, HttpLoad.addresses(2, ADDRESSES), CONNECTIONS);
        var turns = LoadRequest.turns(asks);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return load.open(
                                () -> stop.get() ? null : turns.get(),
                                EACH_PER_SECOND * asks.size(),
                                Duration.ofHours(1));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                threads);
    }

    private static void report(Replies replies, List<LoadRequest> asks, Outage outage) {
        for (var ask : asks) {
            var route = replies.where(reply -> reply.name().equals(ask.name()));
            var meanwhile = route.between(outage.from(), outage.until());
            Report.print("  %-20s %s; p50 %.1f ms, p99 %.0f ms, max %.0f ms; recovered after %.1f s"
                    .formatted(
                            ask.name(),
                            meanwhile.outcomes(),
                            meanwhile.milliseconds(0.5),
                            meanwhile.milliseconds(0.99),
                            meanwhile.milliseconds(1),
                            wellAfter(route, outage)));
        }
    }

    /** How many seconds after the outage the last request without a 200 was sent. */
    private static double wellAfter(Replies replies, Outage outage) {
        return replies.between(outage.to(), outage.to() + Duration.ofHours(1).toNanos()).all().stream()
                        .filter(reply -> !reply.isOk())
                        .mapToLong(Reply::due)
                        .map(due -> due - outage.to())
                        .max()
                        .orElse(0)
                / 1e9;
    }

    @Override
    public void close() {
        process.close();
    }
}
