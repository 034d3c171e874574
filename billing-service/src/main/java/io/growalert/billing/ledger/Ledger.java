package io.growalert.billing.ledger;

import io.growalert.billing.ledger.Batch.Outcome;
import io.growalert.billing.ledger.Owner.Parent;
import io.growalert.billing.ledger.StoredEvents.StoredEvent;
import io.growalert.billing.outbox.Outbox;
import io.growalert.billing.stripe.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
    private final Outbox outbox;
    private final Patience patience;

    public Ledger(JdbcClient jdbc, TransactionOperations transaction, Outbox outbox, LedgerSettings settings) {
        this.transaction = transaction;
        this.outbox = outbox;
        events = new StoredEvents(jdbc);
        registers = new Registers(jdbc);
        pages = new Pages(jdbc, registers, new Records(jdbc), outbox);
        fetches = new Fetches(jdbc);
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
        var applied = new Batch(registers, pages, events, fetches, patience).apply(claimed);
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
            var observed = observed(kind, object, asOf, Set.of());
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
        var result = transaction.execute(_ -> observed(kind, object, asOf, records));
        outbox.wake();
        return result;
    }

    private Observed observed(Kind kind, JsonNode object, Instant asOf, Set<String> restored) {
        return switch (Owner.of(kind, new Fields(object, kind.objectName()))) {
            case Owner.Known known -> recorded(known, kind, object, asOf, restored);
            case Owner.Asked asked -> {
                var customers = customers(asked);
                yield Batch.answer(asked, customers)
                        .<Observed>map(known -> recorded(known, kind, object, asOf, restored))
                        .orElseGet(() -> {
                            var parent = asked.unknown(customers.keySet()).orElseThrow();
                            return new Observed.Orphaned(parent.kind(), parent.id());
                        });
            }
        };
    }

    private Map<String, Optional<String>> customers(Owner.Asked asked) {
        var ids = asked.parents().stream().map(Parent::id).toList();
        return registers.read(ids).values().stream()
                .collect(Collectors.toMap(Register::id, register -> Optional.ofNullable(register.customer())));
    }

    private Observed.Recorded recorded(
            Owner.Known owner, Kind kind, JsonNode object, Instant asOf, Set<String> restored) {
        var records = Projection.of(kind, object, owner.customer(), false);
        var page = record(owner, records, asOf, restored);
        events.erase(page.deletedCustomers());
        return new Observed.Recorded(page.told());
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
