package io.growalert.billing.apply;

import io.growalert.billing.outbox.BillingOutbox;
import io.growalert.billing.projection.ChangeSet;
import io.growalert.billing.projection.ObjectVersion;
import io.growalert.billing.projection.Origin;
import io.growalert.billing.projection.Ownership;
import io.growalert.billing.projection.Ownership.Parent;
import io.growalert.billing.projection.ProjectedRecord;
import io.growalert.billing.projection.Projection;
import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.records.ObjectTable;
import io.growalert.billing.records.Origins;
import io.growalert.billing.records.RecordComparison;
import io.growalert.billing.records.RecordStore;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.webhook.StoredEvents;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

/** Records objects that were read from Stripe, and the deletion of a customer: as an event would, under the same locks. */
public final class ObjectRecorder {
    private final TransactionOperations transaction;
    private final StoredEvents events;
    private final ObjectTable objects;
    private final RecordStore records;
    private final Origins origins;
    private final BillingOutbox outbox;

    public ObjectRecorder(JdbcClient jdbc, TransactionOperations transaction, BillingOutbox outbox) {
        this.transaction = transaction;
        this.outbox = outbox;
        events = new StoredEvents(jdbc);
        objects = new ObjectTable(jdbc);
        records = new RecordStore(jdbc);
        origins = new Origins(jdbc);
    }

    /**
     * Records an object, unless a later state of it is recorded.
     *
     * @param asOf all that happened at Stripe before this second is included in the object
     * @param inTransaction called with the result in the same transaction
     * @throws io.growalert.billing.stripe.MalformedObject when a field is missing or wrong
     */
    public RecordingResult record(Kind kind, JsonNode object, Instant asOf, Consumer<RecordingResult> inTransaction) {
        var result = transaction.execute(_ -> {
            var recorded = recorded(new Observation(kind, object, asOf, Set.of(), false));
            inTransaction.accept(recorded);
            return recorded;
        });
        outbox.wake();
        return result;
    }

    /**
     * As {@link #record}, and writes the rows of these records again when the object's state is the recorded one: the rows were
     * altered or lost.
     */
    public RecordingResult restore(Kind kind, JsonNode object, Instant asOf, Set<String> records) {
        var result = transaction.execute(_ -> recorded(new Observation(kind, object, asOf, records, true)));
        outbox.wake();
        return result;
    }

    /**
     * An object as it was read from Stripe.
     *
     * @param restored the ids of records whose rows are written again
     * @param isFinal no further attempt follows: a deleted customer of whom nothing is recorded is not ours
     */
    private record Observation(Kind kind, JsonNode object, Instant asOf, Set<String> restored, boolean isFinal) {
        StripeFields fields() {
            return new StripeFields(object, kind.objectName());
        }
    }

    private RecordingResult recorded(Observation observation) {
        var stated = Ownership.of(observation.kind(), observation.fields());
        return switch (stated) {
            case Ownership.Known known -> judged(observation, stated, known);
            case Ownership.Inherited inherited -> {
                var customers = customers(inherited);
                yield inherited
                        .resolve(customers)
                        .map(known -> judged(observation, stated, known))
                        .orElseGet(() -> {
                            var parent = inherited.unknown(customers.keySet()).orElseThrow();
                            return new RecordingResult.Orphaned(parent.kind(), parent.id());
                        });
            }
        };
    }

    private Map<String, Optional<String>> customers(Ownership.Inherited owner) {
        var ids = owner.parents().stream().map(Parent::id).toList();
        var customers = new HashMap<>(origins.read(ids).foreign());
        objects.read(ids).forEach((id, version) -> customers.put(id, Optional.ofNullable(version.customer())));
        return customers;
    }

    private RecordingResult judged(Observation observation, Ownership stated, Ownership.Known owner) {
        objects.lock(owner.key());
        var subject = Origin.Subject.of(
                observation.kind(), observation.fields().text("id"), observation.object(), stated, owner);
        var known = origins.read(subject.ids());
        return switch (known.facts().judge(subject)) {
            case OURS -> {
                var recorded = recorded(observation, owner);
                var customer = owner.customer();
                if (customer != null && !known.ours().contains(customer)) {
                    origins.claim(List.of(customer));
                    events.receiveAgain(List.of(customer));
                }
                yield recorded;
            }
            case FOREIGN -> {
                boolean isDeleted = observation.kind() == Kind.CUSTOMER
                        && observation.fields().flag("deleted");
                if (!isDeleted || observation.isFinal()) {
                    origins.remember(List.of(new Origins.Foreign(subject.id(), owner.customer())));
                }
                yield new RecordingResult.Foreign(isDeleted);
            }
            case UNKNOWN -> {
                var parent = subject.parents().getFirst();
                yield new RecordingResult.Orphaned(parent.kind(), parent.id());
            }
        };
    }

    private RecordingResult.Recorded recorded(Observation observation, Ownership.Known owner) {
        var projected = Projection.of(observation.kind(), observation.object(), owner.customer(), false);
        var changes = write(owner, projected, observation.asOf(), observation.restored());
        events.erase(changes.deletedCustomers());
        return new RecordingResult.Recorded(changes.events());
    }

    private ChangeSet write(
            Ownership.Known owner, List<ProjectedRecord> projected, Instant asOf, Set<String> restored) {
        objects.lock(owner.key());
        var customer = owner.customer();
        // of a deleted customer no personal data is stored again
        var changes = records.open(projected, customer == null ? List.of() : List.of(customer));
        for (var record : projected) {
            var state = ObjectVersion.State.fetched(record, asOf);
            if (restored.contains(record.id())) {
                changes.restore(record, state);
            } else {
                changes.enter(record, state);
            }
        }
        changes.settle();
        var entitlements = records.write(changes);
        outbox.add(changes.events());
        outbox.addEntitlements(entitlements);
        return changes;
    }

    /** Restores a lost version from the outbox, so that no version is published twice. */
    public void recoverVersion(RecordComparison.Finding.Different lost) {
        transaction.executeWithoutResult(_ -> {
            objects.lock(lost.key());
            outbox.latest(lost.record())
                    .ifPresent(latest ->
                            objects.recover(lost.record(), latest.kind(), latest.customer(), latest.version()));
        });
    }

    /** Whether a customer is ours, as far as it is recorded here. */
    boolean isOurs(String customer) {
        return origins.read(List.of(customer)).ours().contains(customer);
    }

    /**
     * Deletes all personal data of a customer, and records the customer as deleted; invoices and payments stay.
     *
     * @param asOf when the customer was deleted
     * @return the number of events whose payload was erased
     */
    public int erase(String customer, Instant asOf) {
        int erased = transaction.execute(_ -> {
            var deleted = List.of(Projection.deletedCustomer(customer));
            write(new Ownership.Known(customer, customer), deleted, asOf, Set.of());
            return events.erase(List.of(customer));
        });
        outbox.wake();
        return erased;
    }
}
