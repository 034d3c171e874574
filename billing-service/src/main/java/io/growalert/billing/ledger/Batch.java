package io.growalert.billing.ledger;

import static java.util.Comparator.comparing;

import io.growalert.billing.ledger.Fetches.Wanted;
import io.growalert.billing.ledger.Origin.Subject;
import io.growalert.billing.ledger.Owner.Parent;
import io.growalert.billing.ledger.StoredEvents.Mark;
import io.growalert.billing.ledger.StoredEvents.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that are applied together, in one transaction: read, find whose they are, lock that, decide one after another in the
 * order of Stripe, write. What belongs to a customer who is locked elsewhere is left as it is.
 */
final class Batch {
    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

    private final Registers registers;
    private final Pages pages;
    private final StoredEvents events;
    private final Fetches fetches;
    private final Origins origins;
    private final Patience patience;

    private final List<Entry> entries = new ArrayList<>();
    /** The parent that an event needs to be known, by the event's id. */
    private final Map<String, Parent> unknown = new HashMap<>();

    private final List<Wanted> wanted = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    /** Customers who are found to be ours by this batch. */
    private final Set<String> found = new HashSet<>();

    private final List<Origins.Foreign> foreign = new ArrayList<>();
    /** Ids of objects that were found not to be ours before. */
    private final Set<String> foreignBefore = new HashSet<>();

    /**
     * What came of an event.
     *
     * @param word as it is counted
     */
    record Outcome(Mark mark, String word) {}

    /** An event whose owner is locked, and what it says. */
    private record Entry(StoredEvent event, Reading reading, Owner.Known owner, List<Projected> records) {}

    Batch(Registers registers, Pages pages, StoredEvents events, Fetches fetches, Origins origins, Patience patience) {
        this.registers = registers;
        this.pages = pages;
        this.events = events;
        this.fetches = fetches;
        this.origins = origins;
        this.patience = patience;
    }

    /**
     * What came of the events, and how many objects are to be fetched for them. Those that are left as they are have no
     * outcome.
     */
    record Applied(List<Outcome> outcomes, int fetches) {}

    Applied apply(List<StoredEvent> claimed) {
        var readings = claimed.stream().map(Reading::of).toList();
        var owners = owners(readings);
        var locked = registers.tryLock(
                owners.values().stream().map(Owner.Known::key).distinct().toList());
        var judged = judge(readings, owners, locked);
        readings.forEach(reading -> sort(reading, owners, judged));
        entries.sort(comparing((Entry entry) -> entry.event().created())
                .thenComparing(entry -> entry.event().id()));
        var page = pages.open(
                entries.stream().flatMap(entry -> entry.records().stream()).toList(), others(owners.values()));
        entries.forEach(entry -> enter(entry, page));
        pages.write(page);
        fetches.want(wanted);
        origins.remember(foreign);
        events.mark(outcomes.stream().map(Outcome::mark).toList());
        origins.claim(found);
        // at last, since these very events are among those that are forgotten
        events.erase(page.deletedCustomers());
        return new Applied(List.copyOf(outcomes), wanted.size());
    }

    /** Whose each of them is, by its own word, by that of its parent's register, or by that of its parent's event. */
    private Map<String, Owner.Known> owners(List<Reading> readings) {
        var known = new HashMap<String, Owner.Known>();
        var customers = new HashMap<String, Optional<String>>();
        var asked = new HashMap<String, Owner.Asked>();
        for (var reading : readings) {
            if (reading instanceof Reading.Legible legible) {
                switch (legible.owner()) {
                    case Owner.Known owner -> {
                        known.put(legible.event().id(), owner);
                        customers.merge(
                                legible.id(),
                                Optional.ofNullable(owner.customer()),
                                (one, other) -> one.or(() -> other));
                    }
                    case Owner.Asked owner -> asked.put(legible.event().id(), owner);
                }
            }
        }
        registers
                .read(parentIds(asked.values()))
                .forEach((id, register) -> customers.merge(
                        id, Optional.ofNullable(register.customer()), (event, kept) -> kept.or(() -> event)));
        origins.read(parentIds(asked.values()))
                .foreign()
                .forEach((id, customer) -> customers.merge(id, customer, (event, kept) -> kept.or(() -> event)));
        asked.forEach((event, owner) -> answer(owner, customers)
                .ifPresentOrElse(
                        answer -> known.put(event, answer),
                        () -> unknown.put(
                                event, owner.unknown(customers.keySet()).orElseThrow())));
        return known;
    }

    private static Set<String> parentIds(Collection<Owner.Asked> asked) {
        return asked.stream()
                .flatMap(owner -> owner.parents().stream())
                .map(Parent::id)
                .collect(Collectors.toSet());
    }

    /** Any parent may say whose it is; that it is nobody's is known when all of them are. */
    static Optional<Owner.Known> answer(Owner.Asked asked, Map<String, Optional<String>> customers) {
        var customer = asked.parents().stream()
                .map(parent -> customers.getOrDefault(parent.id(), Optional.empty()))
                .flatMap(Optional::stream)
                .findFirst();
        return customer.isPresent() || asked.unknown(customers.keySet()).isEmpty()
                ? Optional.of(asked.answered(customer.orElse(null)))
                : Optional.empty();
    }

    /** An event whose owner is locked, and whether its object is ours. */
    private record Judged(Subject subject, Origin origin) {}

    /** Under the locks, so that no customer turns out to be ours meanwhile; by the ids of the events. */
    private Map<String, Judged> judge(List<Reading> readings, Map<String, Owner.Known> owners, Set<String> locked) {
        var subjects = new LinkedHashMap<String, Subject>();
        var ids = new HashSet<String>();
        for (var reading : readings) {
            switch (reading) {
                case Reading.Legible legible -> {
                    var owner = owners.get(legible.event().id());
                    if (owner != null && locked.contains(owner.key())) {
                        subjects.put(legible.event().id(), legible.subject(owner));
                    }
                }
                case Reading.Erased erased -> ids.add(erased.id());
                case Reading.Irrelevant _, Reading.Unreadable _ -> {}
            }
        }
        subjects.values().forEach(subject -> ids.addAll(subject.ids()));
        var known = origins.read(ids);
        foreignBefore.addAll(known.foreign().keySet());
        var facts = known.facts();
        subjects.values().forEach(facts::learn);
        var judged = new HashMap<String, Judged>();
        subjects.entrySet().stream()
                // what others belong to comes first
                .sorted(comparing(entry -> entry.getValue().kind()))
                .forEach(entry ->
                        judged.put(entry.getKey(), new Judged(entry.getValue(), facts.judge(entry.getValue()))));
        judged.values().stream()
                .filter(each -> each.origin() == Origin.OURS)
                .map(each -> each.subject().customer())
                .filter(customer -> customer != null && !known.ours().contains(customer))
                .forEach(found::add);
        return judged;
    }

    private void sort(Reading reading, Map<String, Owner.Known> owners, Map<String, Judged> judged) {
        var event = reading.event();
        switch (reading) {
            case Reading.Irrelevant _ -> add(Mark.done(event, "ignored", null), "ignored");
            case Reading.Unreadable unreadable -> fail(event, null, unreadable.reason());
            case Reading.Erased _ -> entries.add(new Entry(event, reading, new Owner.Known(null, ""), List.of()));
            case Reading.Legible legible -> {
                var owner = owners.get(event.id());
                if (owner == null) {
                    awaitParent(event, Objects.requireNonNull(unknown.get(event.id())), null);
                } else {
                    var judgement = judged.get(event.id());
                    if (judgement != null) {
                        sort(legible, owner, judgement);
                    }
                }
            }
        }
    }

    private void sort(Reading.Legible legible, Owner.Known owner, Judged judged) {
        switch (judged.origin()) {
            case OURS -> project(legible, owner);
            case FOREIGN -> ignore(legible.event(), legible.id(), owner.customer());
            case UNKNOWN ->
                awaitParent(legible.event(), judged.subject().parents().getFirst(), owner.customer());
        }
    }

    /** It is not ours: another company's data is not stored. */
    private void ignore(StoredEvent event, String object, @Nullable String customer) {
        foreign.add(new Origins.Foreign(object, customer));
        add(Mark.foreign(event, customer), Origins.FOREIGN);
    }

    private void project(Reading.Legible legible, Owner.Known owner) {
        try {
            entries.add(new Entry(legible.event(), legible, owner, legible.records(owner.customer())));
        } catch (BadShape e) {
            fail(legible.event(), owner.customer(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // it must not hold back the others
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("stripeEventId", legible.event().id())
                    .log("Event not applied: internal error");
            fail(
                    legible.event(),
                    owner.customer(),
                    "internal error: " + e.getClass().getSimpleName());
        }
    }

    /** The registers that matter beside those of the records: of what was erased, and of customers, who may be deleted. */
    private Set<String> others(Collection<Owner.Known> owners) {
        var ids = new HashSet<String>();
        for (var entry : entries) {
            if (entry.reading() instanceof Reading.Erased erased) {
                ids.add(erased.id());
            }
        }
        owners.stream().map(Owner.Known::customer).filter(Objects::nonNull).forEach(ids::add);
        return ids;
    }

    private void enter(Entry entry, Page page) {
        var event = entry.event();
        switch (entry.reading()) {
            case Reading.Legible legible -> {
                var decisions = entry.records().stream()
                        .map(record -> page.enter(
                                record,
                                new Register.State(
                                        event.created(),
                                        false,
                                        Rank.told(record.record(), event.type()),
                                        record.digest())))
                        .toList();
                page.settle();
                if (decisions.contains(Decision.TIE)) {
                    awaitFetch(
                            event,
                            new Parent(legible.kind(), legible.id()),
                            entry.owner().customer(),
                            "tie");
                } else {
                    var customer = entry.owner().customer();
                    add(Mark.done(event, "applied", customer), word(decisions));
                }
            }
            case Reading.Erased erased -> {
                var register = page.register(erased.id());
                if (register == null && foreignBefore.contains(erased.id())) {
                    ignore(event, erased.id(), null);
                } else if (register != null && register.state().asOf().isAfter(event.created())) {
                    add(Mark.done(event, "applied", register.customer()), "stale");
                } else {
                    awaitFetch(event, new Parent(erased.kind(), erased.id()), null, "erased");
                }
            }
            case Reading.Irrelevant _, Reading.Unreadable _ -> throw new IllegalStateException("sorted out before");
        }
    }

    /** That of the record itself, which comes first. */
    private static String word(List<Decision> decisions) {
        return switch (decisions.getFirst().verdict()) {
            case APPLY -> "applied";
            case SAME -> "same";
            case STALE -> "stale";
            case UNDECIDED -> "tie";
        };
    }

    private void awaitParent(StoredEvent event, Parent parent, @Nullable String customer) {
        if (!patience.waitsForParent(event.attempts())) {
            awaitFetch(event, parent, customer, "parent");
            return;
        }
        add(
                new Mark(
                        event,
                        "received",
                        event.attempts() + 1,
                        null,
                        customer,
                        null,
                        patience.untilParent(event.attempts())),
                "parent");
    }

    /** Waits until the object is read from Stripe, which wakes the event; parked when that was in vain too often. */
    private void awaitFetch(StoredEvent event, Parent object, @Nullable String customer, String word) {
        // due again though the fetch is not done: Stripe is down, which is no failure of the event's
        boolean isNew = event.awaits() == null;
        int attempts = isNew ? event.attempts() + 1 : event.attempts();
        if (isNew && event.error() != null && patience.isOver(attempts)) {
            if (event.error().equals(Origins.DELETED)) {
                ignore(event, object.id(), object.id());
                return;
            }
            fail(event, customer, event.error());
            return;
        }
        if (isNew && event.error() == null && patience.isOver(event.attempts())) {
            fail(event, customer, object.id() + " was fetched in vain: no answer is later than the event");
            return;
        }
        // at once at first, but never in a loop
        var pause = event.attempts() == 0 || word.equals("parent") ? Duration.ZERO : Patience.TIE;
        wanted.add(new Wanted(object.kind(), object.id(), event.created().plus(Patience.TIE), pause));
        add(new Mark(event, "received", attempts, event.error(), customer, object.id(), Patience.FETCH), word);
    }

    private void fail(StoredEvent event, @Nullable String customer, String reason) {
        var outcome = failed(event, customer, reason, patience);
        outcomes.add(outcome);
    }

    /** Tried again later, or parked. */
    static Outcome failed(StoredEvent event, @Nullable String customer, String reason, Patience patience) {
        int attempts = event.attempts() + 1;
        return patience.isOver(attempts)
                ? new Outcome(new Mark(event, "parked", attempts, reason, customer, null, null), "parked")
                : new Outcome(
                        new Mark(event, "received", attempts, reason, customer, null, Patience.pause(attempts)),
                        "failed");
    }

    private void add(Mark mark, String word) {
        outcomes.add(new Outcome(mark, word));
    }
}
