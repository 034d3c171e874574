package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.definitions.Variables;
import io.growalert.dispatcher.TestDatabase;
import io.growalert.dispatcher.ack.AcknowledgedIncidents;
import io.growalert.dispatcher.ack.Escalations;
import io.growalert.dispatcher.ack.IncidentAcknowledgements;
import io.growalert.dispatcher.group.GroupFormer;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.pause.Pausing;
import io.growalert.dispatcher.pause.UnrepeatedIncidents;
import io.growalert.dispatcher.receiver.HandlerTypes;
import io.growalert.dispatcher.receiver.ReceiverFiles;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.dispatcher.silence.LoadedRules;
import io.growalert.dispatcher.silence.SilenceFiles;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Json;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.testkit.TestKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The notifier's parts on a real database, with handlers that the test scripts. */
final class NotifierBench implements AutoCloseable {
    final TestDatabase database = TestDatabase.migrated();
    final JdbcClient jdbc = database.jdbc();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
    final InstantSource clock = now::get;
    final Deliveries deliveries = new Deliveries(jdbc, database.transaction(), clock);
    final Silences silences = new Silences(jdbc, database.transaction(), clock);
    final Set<String> pausedMonitors = new HashSet<>();
    final AtomicBoolean knowsPauses = new AtomicBoolean(true);
    final Pausing pausing = pausing(pausedMonitors, knowsPauses);
    final Escalations escalations =
            new Escalations(jdbc, database.transaction(), silences, this::routes, this::acceptsGroups, pausing, clock);
    final IncidentAcknowledgements incidents = new IncidentAcknowledgements(jdbc, database.transaction(), clock);
    final Pipeline pipeline =
            new Pipeline(jdbc, database.transaction(), silences, escalations, this::routes, this::acceptsGroups, clock);
    final GroupFormer former = former(jdbc, database.transaction());
    final IntervalHolds intervals = new IntervalHolds(jdbc, database.transaction(), clock);
    final ParkedAcknowledgements acknowledgements = new ParkedAcknowledgements(jdbc, database.transaction());
    final Redrive redrive = new Redrive(jdbc, database.transaction(), acknowledgements, silences);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final DeliveryMetrics metrics = new DeliveryMetrics(meters);
    private final FakeReceivers fakes = new FakeReceivers();
    final Map<String, FakeReceivers.Script> scripts = fakes.scripts;
    final Receivers receivers;
    final LoadedRules rules;
    /** Until when the alert events on the topic are stored. */
    volatile Instant storedUntil = Instant.MAX;

    private final AtomicLong offset = new AtomicLong();
    private final Path file;

    /**
     * @param definitions such as {@code ops: {fake: {}}}, one receiver each
     */
    NotifierBench(Path folder, String... definitions) {
        file = folder.resolve("receivers.yml");
        writeReceivers(file, definitions);
        receivers = receivers(file);
        var silenceFile = write(file.resolveSibling("silences.yml"), "silences: []");
        rules = new LoadedRules(new SilenceFiles(new Variables(Map.of())), List.of(silenceFile), silences);
    }

    private RouteTree routes() {
        return receivers.routes();
    }

    private boolean acceptsGroups(String receiver) {
        return receivers.acceptsGroups(receiver);
    }

    /** That of another instance, or one whose transactions the test controls. */
    GroupFormer former(JdbcClient otherJdbc, TransactionOperations transaction) {
        return former(otherJdbc, transaction, (event, receiver, at) -> Route.heldUntil(event, routes(), receiver, at));
    }

    /** @param hours are read after the members of a group, before its message is stored */
    GroupFormer former(JdbcClient otherJdbc, TransactionOperations transaction, GroupFormer.Hours hours) {
        return new GroupFormer(
                otherJdbc,
                transaction,
                silences,
                this::routes,
                hours,
                new UnrepeatedIncidents(jdbc, pausing, new AcknowledgedIncidents(jdbc, clock)::acknowledged),
                clock);
    }

    private static Pausing pausing(Set<String> paused, AtomicBoolean known) {
        return new Pausing() {
            @Override
            public boolean isReady() {
                return known.get();
            }

            @Override
            public boolean isPaused(String monitor) {
                return paused.contains(monitor);
            }

            @Override
            public Set<String> monitors() {
                return Set.copyOf(paused);
            }
        };
    }

    private Receivers receivers(Path definitions) {
        return new Receivers(
                new ReceiverFiles(types(), MailServer.local(), new Variables(Map.of())), List.of(definitions));
    }

    private List<HandlerType> types() {
        return Stream.concat(Stream.of(fakes), HandlerTypes.load().stream()).toList();
    }

    /** The receivers of another instance, with a separate file. */
    Receivers otherReceivers(String... definitions) {
        var other = file.resolveSibling("other-receivers.yml");
        writeReceivers(other, definitions);
        return receivers(other);
    }

    private static void writeReceivers(Path file, String... definitions) {
        write(file, "receivers:\n  " + String.join("\n  ", definitions) + "\n");
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on these are the recurring silences and the inhibitions. */
    void defineSilences(String yaml) {
        write(file.resolveSibling("silences.yml"), yaml);
        rules.refresh();
        rules.refresh();
    }

    /** From now on these are the receivers. */
    void define(String... definitions) {
        writeReceivers(file, definitions);
        receivers.refresh();
        receivers.refresh();
    }

    /** From now on this is the definition file. */
    void defineFile(String text) {
        write(file, text);
        receivers.refresh();
        receivers.refresh();
    }

    void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    int accept(AlertEvent... events) {
        return pipeline.accept(Arrays.stream(events)
                .map(event -> new Arrival(
                        event,
                        new String(Json.write(event), UTF_8),
                        new Arrival.Offset("topic", 0, offset.getAndIncrement(), 0)))
                .toList());
    }

    DispatchLoop loop(String owner) {
        var backoff = new Backoff(Duration.ofMillis(2), Duration.ofMillis(20), new Random(1));
        return loop(owner, backoff);
    }

    DispatchLoop loop(String owner, Backoff backoff) {
        return new DispatchLoop(owner, deliveries, receivers, backoff, metrics, Duration.ofMillis(20));
    }

    Upkeep upkeep() {
        return upkeep("one", receivers);
    }

    /** The housekeeping and the parking of an instance that knows these receivers. */
    Upkeep upkeep(String instance, Receivers own) {
        return Upkeep.of(this, instance, own);
    }

    Notifier notifier(String instance) {
        var options = new Notifier.Options(
                KafkaConnection.at(TestKafka.bootstrapServers()),
                instance,
                2,
                Duration.ofSeconds(6),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofDays(90));
        return new Notifier(
                options,
                pipeline,
                deliveries,
                silences,
                rules,
                escalations,
                receivers,
                pausing,
                metrics,
                jdbc,
                database.transaction(),
                clock);
    }

    /** A loop that runs until it is closed. */
    RunningLoop running(String owner) {
        return running(loop(owner));
    }

    RunningLoop running(DispatchLoop loop) {
        loop.loop().start();
        return new RunningLoop(loop);
    }

    /** Room for four deliveries to this receiver. */
    Deliveries.Room room(String receiver) {
        return new Deliveries.Room(receivers.find(receiver).orElseThrow().receiver(), 4, Duration.ofSeconds(10));
    }

    /** Claims what is due for the receiver, and records this outcome. */
    void finish(String receiver, Outcome outcome) {
        finish(deliveries.claim("me", List.of(room(receiver))), outcome);
    }

    void finish(List<Deliveries.Claim> claims, Outcome outcome) {
        var backoff = new Backoff(Duration.ofMillis(2), Duration.ofMillis(20), new Random(1));
        deliveries.record(
                "me",
                claims.stream()
                        .map(claim -> Verdict.of(claim, outcome, Duration.ofHours(1), backoff))
                        .toList());
    }

    /** Passes this time, and forms the messages that are due then; returns how many. */
    int formAfter(Duration time) {
        pass(time);
        upkeep().tidy();
        return former.formDue();
    }

    /** The messages of groups, in their order. */
    List<GroupEvent> messages() {
        return jdbc.sql("select m.body from dispatcher.group_messages m"
                        + " join dispatcher.deliveries d on d.group_message_id = m.id order by d.sequence")
                .query((row, n) -> Json.read(row.getString("body").getBytes(UTF_8), GroupEvent.class))
                .list();
    }

    /** The states of all deliveries in the order of their events. */
    List<String> states() {
        return jdbc.sql("select state from dispatcher.deliveries order by sequence, receiver")
                .query(String.class)
                .list();
    }

    long count(String state) {
        return jdbc.sql("select count(*) from dispatcher.deliveries where state = :state")
                .param("state", state)
                .query(Long.class)
                .single();
    }

    /** Whether a connection waits for a row that another one locked. */
    boolean waitsForALock() {
        return jdbc.sql("select exists (select from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = 'Lock')")
                .query(Boolean.class)
                .single();
    }

    String detail(String delivery) {
        return jdbc.sql("select detail from dispatcher.deliveries where id = :id")
                .param("id", delivery)
                .query(String.class)
                .single();
    }

    @Override
    public void close() {
        database.close();
    }
}
