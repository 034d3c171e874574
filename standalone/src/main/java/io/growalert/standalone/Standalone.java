package io.growalert.standalone;

import io.growalert.dispatcher.AlertDispatcher;
import io.growalert.gateway.IdentityKey;
import io.growalert.monitor.MonitorService;
import io.growalert.runtime.PlainReason;
import io.growalert.runtime.StartFailure;
import io.growalert.standalone.room.RoomExample;
import io.growalert.standalone.room.RoomReplay;
import io.growalert.standalone.room.RoomUnavailable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Everything in one JVM: broker and database first, side by side, then the services, each as soon as what it needs is
 * there. How it stops is the order of {@link Part}.
 */
final class Standalone {
    private static final Executor THREADS =
            task -> Thread.ofPlatform().daemon().name("start").start(task);

    private final UpSettings settings;
    private final DataFolder data;
    private final RunningParts running = new RunningParts();
    private final RoomExample example = new RoomExample(System.getenv());
    private final HealthWatch health;
    private final HistoryPart history;
    private Runnable startHistory = () -> {};

    private Standalone(UpSettings settings, DataFolder data, Console console) {
        this.settings = settings;
        this.data = data;
        health = new HealthWatch(console::health);
        history = new HistoryPart(settings, data);
    }

    /**
     * Starts everything and returns when the process was stopped and every part has stopped.
     *
     * @throws CannotRun when something outside keeps it from starting; what was started is stopped before
     */
    static void runUntilStopped(UpSettings settings, DataFolder data, Console console) {
        long from = System.nanoTime();
        var standalone = new Standalone(settings, data, console);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> standalone.stop(console), "stop"));
        try {
            standalone.probe(console);
            data.raiseFormat();
            var token = StoredToken.of(System.getenv(), data.operatorToken());
            standalone.prepareIdentityKey();
            standalone.start(token, console);
            console.ready(settings, Duration.ofNanos(System.nanoTime() - from));
            standalone.finishStart();
            standalone.health.start();
        } catch (RuntimeException e) {
            boolean isStopRequested = standalone.running.isStopping();
            standalone.running.close();
            if (!isStopRequested) {
                throw e;
            }
        }
        standalone.running.awaitStop();
    }

    /** Half of the heap is garbage of the start, which an idle system would otherwise keep for days. It takes a third of a second. */
    private static void releaseStartMemory() {
        System.gc();
    }

    /** Runs in the shutdown hook, since the JVM waits for nothing else. */
    private void stop(Console console) {
        health.close();
        if (!running.isStopped()) {
            console.stopping();
            running.close();
            console.stopped();
        }
    }

    /** Checks everything that would prevent the start, before anything runs. */
    private void probe(Console console) {
        if (settings.kafka().isEmpty()) {
            LoopbackPorts.requireFree(settings.kafkaPort(), "Kafka", "--kafka-port");
        }
        if (settings.postgres().isEmpty()) {
            EmbeddedDatabase.stopEarlier(data.postgres());
            EmbeddedDatabase.requireUsable(data);
            LoopbackPorts.requireFree(settings.postgresPort(), "PostgreSQL", "--postgres-port");
        }
        settings.https().ifPresentOrElse(Https::requireUsable, () -> requireFree(settings.httpPort(), Part.GATEWAY));
        settings.https()
                .ifPresent(https -> LoopbackPorts.requireFree(https.port(), Part.GATEWAY.toString(), "--https-port"));
        requireFree(settings.monitorsHttpPort(), Part.MONITORS);
        requireFree(settings.dispatcherHttpPort(), Part.DISPATCHER);
        if (settings.billing().isPresent()) {
            requireFree(settings.billingHttpPort(), Part.BILLING);
        }
        if (settings.usesSandbox()) {
            requireFree(settings.sandboxPort(), Part.SANDBOX);
        }
        settings.kafka().ifPresent(servers -> ForeignKafka.requireUsable(servers, settings.kafkaConfig()));
        settings.postgres().ifPresent(PostgresTarget::requireReachable);
        settings.postgres().ifPresent(database -> Schemas.requireSupported(settings, database));
        if (!settings.isExample()) {
            DefinitionReport.of(settings.files(), true).requireGood();
        }
        settings.https().ifPresent(https -> https.warnings(Instant.now()).forEach(console::warning));
    }

    private static void requireFree(int port, Part part) {
        LoopbackPorts.requireFree(port, part.toString(), "--http-port");
    }

    /** Before the services, which read the public key at their start. */
    private void prepareIdentityKey() {
        try {
            IdentityKey.prepare(data.identityKey(), data.identityPublicKey());
        } catch (RuntimeException e) {
            throw e instanceof PlainReason ? new CannotRun(String.valueOf(e.getMessage()), e) : e;
        }
    }

    private void start(StoredToken token, Console console) {
        var library = run(() -> RocksDbLibrary.loadFrom(data.tmp()));
        var kafka = CompletableFuture.supplyAsync(this::kafka, THREADS);
        var database = CompletableFuture.supplyAsync(this::database, THREADS);
        var shown = database.thenRun(
                () -> console.starting(settings, token, BillingPart.mails(System.getenv(), data.mail())));
        var files = database.thenApply(this::files);
        var monitors = kafka.thenAcceptBothAsync(files, this::startMonitors, THREADS);
        var needed = CompletableFuture.allOf(library, kafka, files);
        var dispatcher =
                needed.thenRunAsync(() -> startDispatcher(kafka.join(), files.join(), database.join()), THREADS);
        // after the monitors, whose start is the shorter one: alerts come first
        var gateway = monitors.thenRunAsync(() -> startGateway(token), THREADS);
        var billing = monitors.thenRunAsync(
                () -> settings.billing().ifPresent(account -> startBilling(account, kafka.join(), database.join())),
                THREADS);
        await(CompletableFuture.allOf(shown, dispatcher, gateway, billing));
        startHistory = () -> history.start(running, kafka.join(), database.join());
    }

    /** In the background: alerts do not wait for it. */
    private void finishStart() {
        if (settings.history()) {
            health.watch(Part.HISTORY, history::health);
        }
        THREADS.execute(() -> {
            if (settings.history()) {
                startHistory.run();
            }
            releaseStartMemory();
        });
    }

    private static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, THREADS);
    }

    private static void await(CompletableFuture<Void> all) {
        try {
            all.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private String kafka() {
        return settings.kafka().orElseGet(() -> {
            SuddenEnd.explainBroker(System.err, data);
            var broker = running.start(Part.BROKER, () -> EmbeddedKafka.start(data.kafka(), settings.kafkaPort()));
            return broker.bootstrapServers();
        });
    }

    /** With {@code --postgres} {@link #probe} has checked the schemas. */
    private PostgresTarget database() {
        var database = settings.postgres().orElseGet(this::embeddedDatabase);
        data.recordVersion();
        return database;
    }

    private PostgresTarget embeddedDatabase() {
        var database = running.start(
                Part.DATABASE,
                () -> EmbeddedDatabase.start(data.postgres(), data.postgresPrograms(), settings.postgresPort()));
        database.onDeath(() -> SuddenEnd.because("PostgreSQL failed", System.err, data));
        Schemas.requireSupported(settings, database.target());
        return database.target();
    }

    private List<Path> files(PostgresTarget database) {
        if (!settings.isExample()) {
            return settings.files();
        }
        var replay = running.start(Part.READINGS, () -> replay(database));
        health.watch(Part.READINGS, () -> PartHealth.of(replay.progress()));
        return List.of(example.definitions(data.path(), database.url(), database.username()));
    }

    private RoomReplay replay(PostgresTarget database) {
        try {
            return example.replay(database::connect);
        } catch (RoomUnavailable e) {
            throw new CannotRun(e.reason(), e);
        }
    }

    private void startMonitors(String kafka, List<Path> files) {
        var properties = common("growalert.monitor", kafka, files, settings.monitorsHttpPort());
        properties.put("growalert.monitor.data", folder("monitor-service"));
        properties.put("growalert.monitor.prune", settings.prune());
        startService(Part.MONITORS, () -> MonitorService.start(properties));
    }

    private void startDispatcher(String kafka, List<Path> files, PostgresTarget database) {
        var properties = common("growalert.dispatcher", kafka, files, settings.dispatcherHttpPort());
        properties.put("growalert.dispatcher.data", folder("alert-dispatcher"));
        properties.put("growalert.dispatcher.database.url", database.url());
        properties.put("growalert.dispatcher.database.username", database.username());
        properties.put("growalert.dispatcher.database.password", database.password());
        if (settings.kafka().isEmpty()) {
            // the embedded broker's session is shorter, too
            properties.put("growalert.dispatcher.transaction-timeout", "3s");
        }
        if (!System.getenv().containsKey("GROWALERT_DISPATCHER_LINKKEY")) {
            properties.put("growalert.dispatcher.link-key", linkKey());
        }
        startService(Part.DISPATCHER, () -> AlertDispatcher.start(properties));
    }

    /** Signs the links in messages that acknowledge. */
    private String linkKey() {
        var file = data.services().resolve("link-key");
        return Secrets.in(file, List.of(() -> Secrets.random(Base64.getEncoder())))
                .lines()
                .getFirst();
    }

    private void startGateway(StoredToken token) {
        startService(Part.GATEWAY, () -> GatewayPart.open(settings, token, data));
    }

    private void startBilling(StripeAccount account, String kafka, PostgresTarget database) {
        var billing = new BillingPart(account, settings, data, System.getenv());
        if (settings.usesSandbox()) {
            // before the service, which reads prices at its start; its webhooks are retried until the gateway serves
            running.start(Part.SANDBOX, billing::startSandbox);
        }
        startService(Part.BILLING, () -> billing.startService(kafka, database));
    }

    /** The exception's message says why a service did not start; the log has the rest. */
    private void startService(Part part, Supplier<ConfigurableApplicationContext> service) {
        try {
            var started = running.start(part, service);
            health.watch(part, () -> PartHealth.of(part, started));
        } catch (StartFailure e) {
            throw CannotRun.because(e);
        }
    }

    private Map<String, Object> common(String prefix, String kafka, List<Path> files, int httpPort) {
        var properties = new HashMap<String, Object>();
        properties.putAll(settings.kafkaProperties(prefix, kafka));
        properties.put(prefix + ".files", files);
        properties.put("server.port", httpPort);
        properties.put("growalert.identity.public-key-file", data.identityPublicKey());
        return properties;
    }

    private Path folder(String service) {
        return data.services().resolve(service);
    }
}
