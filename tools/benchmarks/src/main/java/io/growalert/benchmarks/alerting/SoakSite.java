package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.billing.OrderingCustomers;
import io.growalert.benchmarks.billing.StripeTraffic;
import io.growalert.benchmarks.process.ChildJvm;
import io.growalert.benchmarks.process.KafkaProcess;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import io.growalert.benchmarks.process.ScratchFolder;
import io.growalert.benchmarks.process.SmallDisk;
import io.growalert.benchmarks.report.Report;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything that soaks: servers, services, receivers, Stripe, customers and operators. It ends in the reverse order of its start. */
final class SoakSite implements AutoCloseable {
    static final String DATABASE = "growalert";
    static final int MONITORS = 60;
    static final int PERIOD = 10;

    private static final int DISK_MEBIBYTES = 96;

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    final WebhookSink sink;
    final KilledRoutes routes;
    final PostgresProcess postgres;
    final KafkaProcess kafka;
    final StripeTraffic stripe;
    final Optional<SmallDisk> disk;
    final @Nullable FakeClock monitorsClock;
    final @Nullable FakeClock dispatcherClock;
    final Services services;
    final JsonApi api;
    final OrderingCustomers customers;
    final ConsolePolling polling;
    final int gateway = PortRange.free(0);

    SoakSite() throws Exception {
        try {
            var scratch = started(ScratchFolder.make("growalert-soak"));
            sink = started(new WebhookSink());
            routes = started(new KilledRoutes());
            postgres = started(PostgresProcess.start(scratch.resolve("postgres"), PortRange.free(0)));
            postgres.createDatabase(DATABASE);
            kafka = started(KafkaProcess.start(scratch.resolve("kafka"), PortRange.free(0), PortRange.free(0)));
            stripe = started(new StripeTraffic(gateway));
            disk = SmallDisk.mount(scratch.resolve("services").resolve("dispatcher-a"), DISK_MEBIBYTES);
            disk.ifPresent(this::started);
            var environments = new HashMap<String, Map<String, String>>();
            monitorsClock = clock(scratch, "monitors-a", environments);
            dispatcherClock = clock(scratch, "dispatcher-a", environments);
            var files = FlippingMonitors.write(scratch.folder(), MONITORS, sink.url(), PERIOD) + ","
                    + routes.write(scratch.folder());
            services = started(Services.start(
                    scratch.resolve("services"),
                    gateway,
                    kafka.bootstrapServers(),
                    postgres.url(DATABASE),
                    files,
                    stripe,
                    environments));
            api = new JsonApi(gateway, services.token());
            customers = started(new OrderingCustomers(gateway, stripe.apiBase()));
            polling = started(new ConsolePolling(gateway, services.token(), "flip-1"));
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T started(T part) {
        started.push(part);
        return part;
    }

    private static @Nullable FakeClock clock(
            ScratchFolder scratch, String service, Map<String, Map<String, String>> environments) throws Exception {
        try {
            var clock = FakeClock.make(Files.createDirectories(scratch.resolve("clock-" + service)));
            clock.set(Duration.ZERO);
            environments.put(service, clock.environment());
            return clock;
        } catch (IllegalStateException e) {
            Report.print("no step of the clock: " + e.getMessage());
            return null;
        }
    }

    /** All JVMs that run now. */
    Map<String, ChildJvm> processes() {
        var processes = new LinkedHashMap<String, ChildJvm>();
        services.all().forEach((name, service) -> processes.put(name, service.jvm()));
        processes.put("kafka", kafka.jvm());
        return processes;
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                Report.print("a part did not end: " + e);
            }
        }
    }
}
