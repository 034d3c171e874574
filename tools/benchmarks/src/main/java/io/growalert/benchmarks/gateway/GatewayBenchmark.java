package io.growalert.benchmarks.gateway;

import io.growalert.benchmarks.load.HttpLoad;
import io.growalert.benchmarks.load.LoadRequest;
import io.growalert.benchmarks.load.Replies;
import io.growalert.benchmarks.load.TrivialServer;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.report.Report;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A small JSON answer directly, through the gateway and through nginx: the maximum rate, the CPU of a request at that rate, and
 * the latency that each adds at a low rate.
 *
 * <p>Arguments: connections (16), seconds a measurement (10), rounds (5).
 */
final class GatewayBenchmark {
    private static final int STEADY = 500;
    private static final double LEAST_OF_NGINX = 0.45;
    private static final double MOST_CPU_MICROS = 50;
    private static final int WARM = 200_000;
    private static final List<LoadRequest> ASKS = List.of(LoadRequest.get("/config"));

    private final int connections;
    private final Duration time;
    private final Report report = new Report();
    private final List<String> failures = new ArrayList<>();

    private GatewayBenchmark(int connections, Duration time) {
        this.connections = connections;
        this.time = time;
    }

    /** One route to the server, and its result in each round: responses a second, milliseconds and microseconds of CPU. */
    private record Way(
            String name,
            int port,
            DoubleSupplier cpuSeconds,
            List<Double> rate,
            List<Double> fullP50,
            List<Double> fullP99,
            List<Double> steadyP50,
            List<Double> steadyP99,
            List<Double> cpuMicros) {
        Way(String name, int port, DoubleSupplier cpuSeconds) {
            this(
                    name,
                    port,
                    cpuSeconds,
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>());
        }

        void print() {
            Report.print(
                    "%-8s %6.0f/s at most, p50 %.2f ms, p99 %.2f ms, %.0f us of CPU each; at %d/s p50 %.2f ms, p99 %.2f ms"
                            .formatted(
                                    name,
                                    Report.quantile(rate, 0.5),
                                    Report.quantile(fullP50, 0.5),
                                    Report.quantile(fullP99, 0.5),
                                    Report.quantile(cpuMicros, 0.5),
                                    STEADY,
                                    Report.quantile(steadyP50, 0.5),
                                    Report.quantile(steadyP99, 0.5)));
        }
    }

    public static void main(String... args) throws Exception {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 16;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        var benchmark = new GatewayBenchmark(connections, Duration.ofSeconds(seconds));
        try (var folder = ScratchFolder.make("growalert-gateway");
                var backend = new TrivialServer(0, TrivialServer.JSON);
                var gateway = GatewayInstance.start(
                        folder.resolve("gateway.log"), backend.port(), backend.port(), GatewayInstance.UNLIMITED);
                var nginx = Nginx.isHere() ? Nginx.start(folder.resolve("nginx"), backend.port()) : null) {
            gateway.awaitHealthy();
            benchmark.tellCeiling();
            var direct = new Way("direct", backend.port(), () -> 0);
            var through = new Way("gateway", gateway.port(), gateway::cpuSeconds);
            var beside = nginx == null ? null : new Way("nginx", nginx.port(), nginx::cpuSeconds);
            benchmark.measure(
                    Stream.of(direct, through, beside).filter(Objects::nonNull).toList(), rounds);
            benchmark.judge(direct, through, beside);
        }
        System.exit(benchmark.report.conclude());
    }

    /** The maximum of the load itself: a server that does nothing must accept much more than what is measured. */
    private void tellCeiling() throws IOException {
        try (var server = new TrivialServer()) {
            full(server.port());
            Report.print("the load alone, against a server that does nothing: %.0f/s"
                    .formatted(full(server.port()).okPerSecond()));
        }
    }

    private Replies full(int port) throws IOException {
        return HttpLoad.to(port, connections).closed(LoadRequest.turns(ASKS), time);
    }

    private static Supplier<@Nullable LoadRequest> first(int count) {
        var turns = LoadRequest.turns(ASKS);
        var left = new int[] {count};
        return () -> left[0]-- > 0 ? turns.get() : null;
    }

    private void measure(List<Way> ways, int rounds) throws IOException {
        for (var way : ways) {
            HttpLoad.to(way.port(), connections).closed(first(WARM), Duration.ofMinutes(2));
        }
        for (int round = 1; round <= rounds; round++) {
            for (var way : ways) {
                double cpu = way.cpuSeconds().getAsDouble();
                var full = full(way.port());
                double used = way.cpuSeconds().getAsDouble() - cpu;
                var steady = HttpLoad.to(way.port(), connections).open(LoadRequest.turns(ASKS), STEADY, time);
                way.rate().add(full.okPerSecond());
                way.fullP50().add(full.milliseconds(0.5));
                way.fullP99().add(full.milliseconds(0.99));
                way.steadyP50().add(steady.milliseconds(0.5));
                way.steadyP99().add(steady.milliseconds(0.99));
                way.cpuMicros().add(used * 1e6 / full.all().size());
                failures.addAll(full.failures());
                failures.addAll(steady.failures());
                Report.print(
                        "round %d, %-7s %6.0f/s, p50 %.2f ms, p99 %.2f ms, %.0f us of CPU each; at %d/s p50 %.2f, p99 %.2f ms"
                                .formatted(
                                        round,
                                        way.name(),
                                        way.rate().getLast(),
                                        way.fullP50().getLast(),
                                        way.fullP99().getLast(),
                                        way.cpuMicros().getLast(),
                                        STEADY,
                                        way.steadyP50().getLast(),
                                        way.steadyP99().getLast()));
            }
        }
        ways.forEach(Way::print);
    }

    private void judge(Way direct, Way through, @Nullable Way nginx) {
        report.check("every request was answered with 200", failures);
        double p50 = Report.quantile(through.steadyP50(), 0.5) - Report.quantile(direct.steadyP50(), 0.5);
        double p99 = Report.quantile(through.steadyP99(), 0.5) - Report.quantile(direct.steadyP99(), 0.5);
        report.checkBound("at %d/s the gateway adds to p50, in ms".formatted(STEADY), p50, p50 <= 1, "at most 1");
        report.checkBound("at %d/s the gateway adds to p99, in ms".formatted(STEADY), p99, p99 <= 5, "at most 5");
        double cpu = Report.quantile(through.cpuMicros(), 0.5);
        report.checkBound("CPU of the gateway for a request, in us", cpu, cpu <= MOST_CPU_MICROS, "at most 50");
        double ofDirect = Report.quantile(through.rate(), 0.5) / Report.quantile(direct.rate(), 0.5);
        Report.print("the gateway's rate is %.2f of the direct one".formatted(ofDirect));
        if (nginx != null) {
            double ofNginx = Report.quantile(through.rate(), 0.5) / Report.quantile(nginx.rate(), 0.5);
            report.checkBound("the gateway's rate by nginx's", ofNginx, ofNginx >= LEAST_OF_NGINX, "at least 0.45");
        }
    }
}
