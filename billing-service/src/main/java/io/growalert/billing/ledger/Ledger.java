package io.growalert.billing.ledger;

import io.growalert.billing.ledger.Batch.Outcome;
import io.growalert.billing.ledger.Owner.Parent;
import io.growalert.billing.ledger.StoredEvents.StoredEvent;
import io.growalert.billing.outbox.Outbox;
import io.growalert.billing.stripe.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

/**
 * What Stripe told becomes records, and what is told of them: in any order, any number of times, by any number of instances.
 * Whatever belongs to one customer is written under that customer's lock.
 *
 * <pre>
 * stripe_events --> {@link Batch}: {@link Projection}, {@link Decision} --> {@link Page} --> objects, records, outbox
 *                       undecided --> {@link Fetches} --> Stripe --> {@link #observe}
 * </pre>
 */
public final class Ledger {
    private final TransactionOperations transaction;
    private final StoredEvents events;
    private final Registers registers;
    private final Pages pages;
    private final Fetches fetches;
    private final Origins origins;
    private final Outbox outbox;
    private final Patience patience;

    public Ledger(JdbcClient jdbc, TransactionOperations transaction, Outbox outbox, LedgerSettings settings) {
        this.transaction = transaction;
        this.outbox = outbox;
        events = new StoredEvents(jdbc);
        registers = new Registers(jdbc);
        pages = new Pages(jdbc, registers, new Records(jdbc), outbox);
        fetches = new Fetches(jdbc);
        origins = new Origins(jdbc);
        patience = new Patience(settings.attempts());
    }

    /**
     * What a batch did.
     *
     * @param claimed how many events were due, and nobody else's
     * @param outcomes of those that were not left as they are
     * @param fetches how many objects are to be fetched for them
     */
    record Round(int claimed, List<Outcome> outcomes, int fetches) {
        static final Round NOTHING = new Round(0, List.of(), 0);

        Round and(Round other) {
            return new Round(
                    claimed + other.claimed,
                    Stream.concat(outcomes.stream(), other.outcomes.stream()).toList(),
                    fetches + other.fetches);
        }
    }

    /** Applies the events that are due, as many as this at most: all in one transaction, or one by one when that is refused. */
    Round apply(int limit) {
        var claimed = new ArrayList<StoredEvent>();
        Round round;
        try {
            round = transaction.execute(_ -> {
                claimed.addAll(events.claim(limit));
                return applied(claimed);
            });
        } catch (RuntimeException e) {
            if (Refusal.reason(e).isEmpty()) {
                throw e;
            }
            round = claimed.stream().map(StoredEvent::id).map(this::applyAlone).reduce(Round.NOTHING, Round::and);
        }
        if (!round.outcomes().isEmpty()) {
            outbox.wake();
        }
        return round;
    }

    private Round applyAlone(String id) {
        try {
            return transaction.execute(_ -> applied(events.claim(id)));
        } catch (RuntimeException e) {
            var reason = Refusal.reason(e).orElseThrow(() -> e);
            return transaction.execute(_ -> {
                var outcomes = events.claim(id).stream()
                        .map(event -> Batch.failed(event, null, reason, patience))
                        .toList();
                events.mark(outcomes.stream().map(Outcome::mark).toList());
                return new Round(outcomes.size(), outcomes, 0);
            });
        }
    }

    private Round applied(List<StoredEvent> claimed) {
        if (claimed.isEmpty()) {
            return Round.NOTHING;
        }
        var applied = new Batch(registers, pages, events, fetches, origins, patience).apply(claimed);
        return new Round(claimed.size(), applied.outcomes(), applied.fetches());
    }

    /**
     * Records an object as it was read from Stripe, if nothing later is recorded of it.
     *
     * @param json the object
     * @param asOf all that happened before this second is in it
     * @throws IllegalArgumentException naming the field that is not as it should be
     */
    public Observed observe(Kind kind, String json, Instant asOf) {
        return observe(kind, Projected.parse(json), asOf, _ -> {});
    }

    /** What to do in the transaction of an observation. */
    @FunctionalInterface
    interface Afterwards {
        void observed(Observed observed);
    }

    Observed observe(Kind kind, JsonNode object, Instant asOf, Afterwards afterwards) {
        var result = transaction.execute(_ -> {
            var observed = observed(new Sight(kind, object, asOf, Set.of(), false));
            afterwards.observed(observed);
            return observed;
        });
        outbox.wake();
        return result;
    }

    /**
     * As {@link #observe(Kind, String, Instant)}, and writes these records anew where what is known of them is what was read:
     * their rows are not as they should be.
     */
    public Observed restore(Kind kind, JsonNode object, Instant asOf, Set<String> records) {
        var result = transaction.execute(_ -> observed(new Sight(kind, object, asOf, records, true)));
        outbox.wake();
        return result;
    }

    /**
     * An object as it was read from Stripe.
     *
     * @param restored the ids of records that are written anew
     * @param isFinal nothing is waited for: a deleted customer of whom nothing is known is not ours
     */
    private record Sight(Kind kind, JsonNode object, Instant asOf, Set<String> restored, boolean isFinal) {
        Fields fields() {
            return new Fields(object, kind.objectName());
        }
    }

    private Observed observed(Sight sight) {
        var said = Owner.of(sight.kind(), sight.fields());
        return switch (said) {
            case Owner.Known known -> judged(sight, said, known);
            case Owner.Asked asked -> {
                var customers = customers(asked);
                yield Batch.answer(asked, customers)
                        .map(known -> judged(sight, said, known))
                        .orElseGet(() -> {
                            var parent = asked.unknown(customers.keySet()).orElseThrow();
                            return new Observed.Orphaned(parent.kind(), parent.id());
                        });
            }
        };
    }

    private Map<String, Optional<String>> customers(Owner.Asked asked) {
        var ids = asked.parents().stream().map(Parent::id).toList();
        var customers = new HashMap<>(origins.read(ids).foreign());
        registers
                .read(ids)
                .values()
                .forEach(register -> customers.put(register.id(), Optional.ofNullable(register.customer())));
        return customers;
    }

    private Observed judged(Sight sight, Owner said, Owner.Known owner) {
        registers.lock(owner.key());
        var subject = Origin.Subject.of(sight.kind(), sight.fields().text("id"), sight.object(), said, owner);
        var known = origins.read(subject.ids());
        return switch (known.facts().judge(subject)) {
            case OURS -> {
                var recorded = recorded(sight, owner);
                if (owner.customer() != null && !known.ours().contains(owner.customer())) {
                    origins.claim(List.of(owner.customer()));
                }
                yield recorded;
            }
            case FOREIGN -> {
                boolean isDeleted =
                        sight.kind() == Kind.CUSTOMER && sight.fields().flag("deleted");
                if (!isDeleted || sight.isFinal()) {
                    origins.remember(List.of(new Origins.Foreign(subject.id(), owner.customer())));
                }
                yield new Observed.Foreign(isDeleted);
            }
            case UNKNOWN -> {
                var parent = subject.parents().getFirst();
                yield new Observed.Orphaned(parent.kind(), parent.id());
            }
        };
    }

    private Observed.Recorded recorded(Sight sight, Owner.Known owner) {
        var records = Projection.of(sight.kind(), sight.object(), owner.customer(), false);
        var page = record(owner, records, sight.asOf(), sight.restored());
        events.erase(page.deletedCustomers());
        return new Observed.Recorded(page.told());
    }

    /** Whether a customer is ours, as far as it is known here. */
    boolean isOurs(String customer) {
        return origins.read(List.of(customer)).ours().contains(customer);
    }

    private Page record(Owner.Known owner, List<Projected> records, Instant asOf, Set<String> restored) {
        registers.lock(owner.key());
        var page = pages.open(records, List.of());
        for (var record : records) {
            var state = new Register.State(asOf, true, Rank.fetched(record.record()), record.digest());
            if (restored.contains(record.id())) {
                page.restore(record, state);
            } else {
                page.enter(record, state);
            }
        }
        page.settle();
        pages.write(page);
        return page;
    }

    /**
     * Forgets all that is personal of a customer, and takes the customer for deleted; what was billed stays.
     *
     * @param asOf when the customer was deleted
     * @return of how many events the payload was erased
     */
    public int erase(String customer, Instant asOf) {
        int erased = transaction.execute(_ -> {
            record(new Owner.Known(customer, customer), List.of(Projection.deletedCustomer(customer)), asOf, Set.of());
            return events.erase(List.of(customer));
        });
        outbox.wake();
        return erased;
    }
}
