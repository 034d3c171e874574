package io.growalert.billing.apply;

import static java.util.Comparator.comparing;

import io.growalert.billing.apply.BatchOwners.Read;
import io.growalert.billing.fetch.FetchQueue;
import io.growalert.billing.mail.EventMails;
import io.growalert.billing.mail.MailFact;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.outbox.BillingOutbox;
import io.growalert.billing.projection.ChangeSet;
import io.growalert.billing.projection.EventContent;
import io.growalert.billing.projection.ObjectVersion;
import io.growalert.billing.projection.Origin;
import io.growalert.billing.projection.Origin.Subject;
import io.growalert.billing.projection.Ownership;
import io.growalert.billing.projection.Ownership.Parent;
import io.growalert.billing.projection.ProjectedRecord;
import io.growalert.billing.projection.StateDecision;
import io.growalert.billing.records.ObjectTable;
import io.growalert.billing.records.Origins;
import io.growalert.billing.records.RecordStore;
import io.growalert.billing.shipping.ShippingAddresses;
import io.growalert.billing.stripe.MalformedObject;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.webhook.RetryPolicy;
import io.growalert.billing.webhook.StoredEvent;
import io.growalert.billing.webhook.StoredEvents;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that are applied together in one transaction: read them, find their owners, lock those, decide one event after another
 * in Stripe's order, write. Events of a customer who is locked by another transaction stay unchanged.
 */
final class EventBatch {
    private static final Logger LOG = LoggerFactory.getLogger(EventBatch.class);

    private final Stages stages;
    private final BatchResults results;
    private final List<Entry> entries = new ArrayList<>();
    private final List<MailFact> mails = new ArrayList<>();
    /** Customers who turn out to be ours by this batch. */
    private final Set<String> found = new HashSet<>();
    /** The ids of objects that were foreign before this batch. */
    private final Set<String> foreignBefore = new HashSet<>();

    /** The stages that a batch passes its events through. */
    record Stages(
            StoredEvents events,
            ObjectTable objects,
            Origins origins,
            RecordStore records,
            FetchQueue fetches,
            BillingOutbox outbox,
            Mails mails,
            ShippingAddresses addresses,
            InstantSource clock,
            RetryPolicy retries) {}

    /** An event whose owner is locked, and the records that its object is projected to. */
    private record Entry(
            StoredEvent event, EventContent content, Ownership.Known owner, List<ProjectedRecord> records) {}

    EventBatch(Stages stages) {
        this.stages = stages;
        results = new BatchResults(stages.retries());
    }

    /**
     * The results, and how many fetches the events requested.
     *
     * @param results of the events that did not stay unchanged
     */
    record Applied(List<EventResult> results, int fetches) {}

    Applied apply(List<StoredEvent> claimed) {
        var reads = claimed.stream().map(Read::of).toList();
        var owners = BatchOwners.find(reads, stages.objects(), stages.origins());
        var locked = stages.objects().tryLock(owners.keys());
        var judged = judge(reads, owners, locked);
        reads.forEach(read -> sort(read, owners, judged));
        entries.sort(comparing((Entry entry) -> entry.event().created())
                .thenComparing(entry -> entry.event().id()));
        var changes = stages.records()
                .open(
                        entries.stream()
                                .flatMap(entry -> entry.records().stream())
                                .toList(),
                        others(owners));
        entries.forEach(entry -> enter(entry, changes));
        write(changes);
        return new Applied(results.results(), results.fetches().size());
    }

    private void write(ChangeSet changes) {
        var entitlements = stages.records().write(changes);
        stages.outbox().add(changes.events());
        stages.outbox().addEntitlements(entitlements);
        enqueueMails(changes.deletedCustomers());
        stages.fetches().add(results.fetches());
        stages.origins().remember(results.foreign());
        stages.events().update(results.updates());
        stages.origins().claim(found);
        stages.events().receiveAgain(found);
        // at last, since the payloads of these very events are erased too
        stages.events().erase(changes.deletedCustomers());
    }

    /** A deleted customer gets no mail: nothing about it is stored again. */
    private void enqueueMails(Collection<String> deletedCustomers) {
        var facts = mails.stream()
                .filter(mail -> !deletedCustomers.contains(mail.customer()))
                .toList();
        stages.mails().enqueue(facts);
        stages.mails().enqueue(MissingAddresses.of(facts, stages.addresses()));
    }

    /** An event whose owner is locked, and whether its object is ours. */
    private record Judged(Subject subject, Origin origin) {}

    /** Under the locks, so that no customer turns out to be ours meanwhile; by the ids of the events. */
    private Map<String, Judged> judge(Collection<Read> reads, BatchOwners owners, Set<String> locked) {
        var subjects = new LinkedHashMap<String, Subject>();
        var ids = new HashSet<String>();
        for (var read : reads) {
            switch (read.content()) {
                case EventContent.Parsed content -> {
                    var owner = owners.of(read.event());
                    if (owner != null && locked.contains(owner.key())) {
                        subjects.put(read.event().id(), content.subject(owner));
                    }
                }
                case EventContent.Erased erased -> ids.add(erased.id());
                case EventContent.Irrelevant _, EventContent.Unreadable _ -> {}
            }
        }
        subjects.values().forEach(subject -> ids.addAll(subject.ids()));
        var known = stages.origins().read(ids);
        foreignBefore.addAll(known.foreign().keySet());
        var facts = known.facts();
        subjects.values().forEach(facts::learn);
        var judged = new HashMap<String, Judged>();
        subjects.entrySet().stream()
                // parents first
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

    private void sort(Read read, BatchOwners owners, Map<String, Judged> judged) {
        var event = read.event();
        switch (read.content()) {
            case EventContent.Irrelevant _ -> results.irrelevant(event);
            case EventContent.Unreadable unreadable -> results.failed(event, null, unreadable.reason());
            case EventContent.Erased erased ->
                entries.add(new Entry(event, erased, new Ownership.Known(null, ""), List.of()));
            case EventContent.Parsed content -> {
                var owner = owners.of(event);
                if (owner == null) {
                    results.awaitParent(event, owners.unknownParent(event), null);
                } else {
                    sort(event, content, owner, judged.get(event.id()));
                }
            }
        }
    }

    /** @param judged null when another transaction has locked the owner */
    private void sort(StoredEvent event, EventContent.Parsed content, Ownership.Known owner, @Nullable Judged judged) {
        if (judged == null) {
            return;
        }
        switch (judged.origin()) {
            case OURS -> project(event, content, owner);
            case FOREIGN -> results.foreign(event, content.id(), owner.customer());
            case UNKNOWN ->
                results.awaitParent(event, judged.subject().parents().getFirst(), owner.customer());
        }
    }

    private void project(StoredEvent event, EventContent.Parsed content, Ownership.Known owner) {
        try {
            entries.add(new Entry(event, content, owner, content.records(owner.customer())));
        } catch (MalformedObject e) {
            results.failed(event, owner.customer(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // it must not hold back the others
            LOG.atError().setCause(e).addKeyValue("stripeEventId", event.id()).log("Event not applied: internal error");
            results.failed(
                    event, owner.customer(), "internal error: " + e.getClass().getSimpleName());
        }
    }

    /** The objects whose versions are needed beside those of the records: of erased events, and customers, who may be deleted. */
    private Set<String> others(BatchOwners owners) {
        var ids = new HashSet<>(owners.customers());
        for (var entry : entries) {
            if (entry.content() instanceof EventContent.Erased erased) {
                ids.add(erased.id());
            }
        }
        return ids;
    }

    private void enter(Entry entry, ChangeSet changes) {
        switch (entry.content()) {
            case EventContent.Parsed content -> enter(entry, content, changes);
            case EventContent.Erased erased -> enter(entry.event(), erased, changes);
            case EventContent.Irrelevant _, EventContent.Unreadable _ -> throw new IllegalStateException("no entry");
        }
    }

    private void enter(Entry entry, EventContent.Parsed content, ChangeSet changes) {
        var event = entry.event();
        var customer = entry.owner().customer();
        var decisions = entry.records().stream()
                .map(record ->
                        changes.enter(record, ObjectVersion.State.inEvent(record, event.type(), event.created())))
                .toList();
        changes.settle();
        if (decisions.contains(StateDecision.TIE)) {
            results.awaitFetch(event, new Parent(content.kind(), content.id()), customer, EventOutcome.TIE);
        } else {
            notifyOf(event, content, customer);
            results.applied(event, customer, EventOutcome.of(decisions));
        }
    }

    /** A stale event reports a fact, too. */
    private void notifyOf(StoredEvent event, EventContent.Parsed content, @Nullable String customer) {
        var object = new StripeFields(content.object(), content.kind().objectName());
        try {
            EventMails.of(
                            new EventMails.Applied(event.type(), event.created(), object, content.changed(), customer),
                            stages.clock().instant())
                    .ifPresent(mails::add);
        } catch (MalformedObject e) {
            LOG.atWarn()
                    .addKeyValue("stripeEventId", event.id())
                    .addKeyValue("reason", e.getMessage())
                    .log("No mail for an event with a malformed object");
        }
    }

    private void enter(StoredEvent event, EventContent.Erased erased, ChangeSet changes) {
        var version = changes.version(erased.id());
        if (version == null && foreignBefore.contains(erased.id())) {
            results.foreign(event, erased.id(), null);
        } else if (version != null && version.state().asOf().isAfter(event.created())) {
            results.applied(event, version.customer(), EventOutcome.STALE);
        } else {
            results.awaitFetch(event, new Parent(erased.kind(), erased.id()), null, EventOutcome.ERASED);
        }
    }
}
