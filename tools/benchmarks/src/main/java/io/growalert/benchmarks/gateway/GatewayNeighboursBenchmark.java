package io.growalert.benchmarks.gateway;

import io.growalert.benchmarks.load.HttpLoad;
import io.growalert.benchmarks.load.LoadRequest;
import io.growalert.benchmarks.load.Replies;
import io.growalert.benchmarks.load.TrivialServer;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.process.ServiceProcess;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long clients that do no harm wait as usual, and while others do: slow connections, bodies of a gigabyte, a flood from one
 * address; and how much memory the gateway needs for it. All limits are those of {@code gateway.yml}.
 *
 * <p>Arguments: seconds a measurement (10), rounds (5), slow connections (1000).
 */
final class GatewayNeighboursBenchmark {
    private static final int RATE = 200;
    /** So many that none of them comes near its limit. */
    private static final int ADDRESSES = 64;

    private static final int LIMIT_PER_SECOND = 6;
    private static final int LIMIT_AT_ONCE = 60;
    private static final int WARM_GROUPS = 4;
    private static final double MOST_HEAP_ADDED = 32;
    private static final long MOST_RESIDENT = 512;
    private static final LoadRequest ASK = LoadRequest.get("/config");

    private final Duration time;
    private final int rounds;
    private final Report report = new Report();

    private GatewayNeighboursBenchmark(Duration time, int rounds) {
        this.time = time;
        this.rounds = rounds;
    }

    private interface Start {
        Disturbance now() throws IOException;
    }

    public static void main(String... args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        int slow = args.length > 2 ? Integer.parseInt(args[2]) : 1_000;
        var benchmark = new GatewayNeighboursBenchmark(Duration.ofSeconds(seconds), rounds);
        try (var folder = ScratchFolder.make("growalert-gateway");
                var backend = new TrivialServer(0, TrivialServer.JSON);
                var gateway =
                        GatewayInstance.start(folder.resolve("gateway.log"), backend.port(), backend.port(), Map.of());
                var nginx = Nginx.isHere()
                        ? Nginx.start(folder.resolve("nginx"), backend.port(), LIMIT_PER_SECOND, LIMIT_AT_ONCE)
                        : null) {
            gateway.awaitHealthy();
            int port = gateway.port();
            benchmark.warm(port);
            double heap = gateway.jvm().heapMiB();
            tellMemory("before", gateway, heap);
            benchmark.judge(
                    "%,d connections, a byte a second each".formatted(slow), port, () -> new SlowClients(port, slow));
            tellMemory("after", gateway, gateway.jvm().heapMiB());
            benchmark.judge("bodies of 1 GB", port, () -> new LargeBodies(port));
            tellMemory("after", gateway, gateway.jvm().heapMiB());
            benchmark.judge("a flood from one address", port, () -> new Flood(port, ASK));
            double heapAfter = gateway.jvm().heapMiB();
            tellMemory("after", gateway, heapAfter);
            benchmark.judgeMemory(gateway, heapAfter - heap);
            if (nginx != null) {
                benchmark.warm(nginx.port());
                benchmark.measure("beside: the same flood at nginx", nginx.port(), () -> new Flood(nginx.port(), ASK));
            }
        }
        System.exit(benchmark.report.conclude());
    }

    /** From separate addresses, each of which stays below its limit. */
    private void warm(int port) throws IOException {
        for (int third = 100; third < 100 + WARM_GROUPS; third++) {
            var left = new int[] {250 * LIMIT_AT_ONCE / 2};
            new HttpLoad(port, HttpLoad.addresses(third, 250), 250)
                    .closed(() -> left[0]-- > 0 ? ASK : null, Duration.ofMinutes(1));
        }
    }

    private void judge(String name, int port, Start nuisance) throws IOException {
        double times = measure(name, port, nuisance);
        report.checkBound("p99 of the others meanwhile, by their usual one", times, times <= 2, "at most 2");
    }

    /** Gives what p99 came to meanwhile, by what it is as usual. */
    private double measure(String name, int port, Start nuisance) throws IOException {
        Report.print(name);
        var usual = new ArrayList<Double>();
        var meanwhile = new ArrayList<Double>();
        var failures = new ArrayList<String>();
        var outcomes = new TreeMap<String, Long>();
        for (int round = 1; round <= rounds; round++) {
            var without = neighbours(port);
            Replies with;
            var running = nuisance.now();
            try (running) {
                with = neighbours(port);
            }
            running.outcomes().forEach((what, times) -> outcomes.merge(what, times, Long::sum));
            failures.addAll(without.failures());
            failures.addAll(with.failures());
            usual.add(without.milliseconds(0.99));
            meanwhile.add(with.milliseconds(0.99));
            Report.print("  round %d: usually p50 %.2f ms, p99 %.2f ms; meanwhile p50 %.2f ms, p99 %.2f ms, max %.0f ms"
                    .formatted(
                            round,
                            without.milliseconds(0.5),
                            usual.getLast(),
                            with.milliseconds(0.5),
                            meanwhile.getLast(),
                            with.milliseconds(1)));
        }
        double times = Report.quantile(meanwhile, 0.5) / Report.quantile(usual, 0.5);
        Report.print("  p99, median of %d: usually %.2f ms, meanwhile %.2f ms: %.2f times"
                .formatted(rounds, Report.quantile(usual, 0.5), Report.quantile(meanwhile, 0.5), times));
        double seconds = (double) time.toSeconds() * rounds;
        outcomes.forEach((what, count) ->
                Report.print("  they: %s: %,d, %.1f a second".formatted(what, count, count / seconds)));
        report.check("all of the others' requests were answered with 200", failures);
        return times;
    }

    private Replies neighbours(int port) throws IOException {
        return new HttpLoad(port, HttpLoad.addresses(2, ADDRESSES), ADDRESSES)
                .open(LoadRequest.turns(List.of(ASK)), RATE, time);
    }

    private static void tellMemory(String when, ServiceProcess gateway, double heap) throws IOException {
        Report.print("  memory %s: heap in use %.1f MiB, resident %d MiB, at most ever %d MiB"
                .formatted(
                        when, heap, gateway.jvm().residentMiB(), gateway.jvm().peakResidentMiB()));
    }

    private void judgeMemory(ServiceProcess gateway, double heapAdded) throws IOException {
        report.checkBound(
                "heap in use after all of it, more than before, in MiB",
                heapAdded,
                heapAdded <= MOST_HEAP_ADDED,
                "at most %.0f".formatted(MOST_HEAP_ADDED));
        double peak = gateway.jvm().peakResidentMiB();
        report.checkBound("resident memory at most, in MiB", peak, peak <= MOST_RESIDENT, "at most " + MOST_RESIDENT);
    }
}
