package io.growalert.billing.apply;

import io.growalert.billing.projection.EventContent;
import io.growalert.billing.projection.Ownership;
import io.growalert.billing.projection.Ownership.Parent;
import io.growalert.billing.records.ObjectTable;
import io.growalert.billing.records.Origins;
import io.growalert.billing.webhook.StoredEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The owners of a batch's events: as stated by the object, by the recorded parent, or by an event of the parent. */
final class BatchOwners {
    private final Map<String, Ownership.Known> known = new HashMap<>();
    private final Map<String, Parent> unknown = new HashMap<>();

    /** An event and its content. */
    record Read(StoredEvent event, EventContent content) {
        static Read of(StoredEvent event) {
            return new Read(event, EventContent.of(event.type(), event.object(), event.payload()));
        }
    }

    static BatchOwners find(Collection<Read> events, ObjectTable objects, Origins origins) {
        var owners = new BatchOwners();
        var customers = new HashMap<String, Optional<String>>();
        var inherited = new HashMap<String, Ownership.Inherited>();
        for (var read : events) {
            if (read.content() instanceof EventContent.Parsed content) {
                switch (content.owner()) {
                    case Ownership.Known owner -> {
                        owners.known.put(read.event().id(), owner);
                        customers.merge(
                                content.id(),
                                Optional.ofNullable(owner.customer()),
                                (one, other) -> one.or(() -> other));
                    }
                    case Ownership.Inherited owner -> inherited.put(read.event().id(), owner);
                }
            }
        }
        var parents = parentIds(inherited.values());
        objects.read(parents)
                .forEach((id, version) -> customers.merge(
                        id, Optional.ofNullable(version.customer()), (event, recorded) -> recorded.or(() -> event)));
        origins.read(parents)
                .foreign()
                .forEach(
                        (id, customer) -> customers.merge(id, customer, (event, recorded) -> recorded.or(() -> event)));
        inherited.forEach((event, owner) -> owner.resolve(customers)
                .ifPresentOrElse(
                        found -> owners.known.put(event, found),
                        () -> owners.unknown.put(
                                event, owner.unknown(customers.keySet()).orElseThrow())));
        return owners;
    }

    private static Set<String> parentIds(Collection<Ownership.Inherited> owners) {
        return owners.stream()
                .flatMap(owner -> owner.parents().stream())
                .map(Parent::id)
                .collect(Collectors.toSet());
    }

    /** Null when the owner is unknown, or the event's content needs none. */
    Ownership.@Nullable Known of(StoredEvent event) {
        return known.get(event.id());
    }

    /** The parent that must be known first, of an event whose owner is unknown. */
    Parent unknownParent(StoredEvent event) {
        return Objects.requireNonNull(unknown.get(event.id()));
    }

    Set<String> keys() {
        return known.values().stream().map(Ownership.Known::key).collect(Collectors.toSet());
    }

    Set<String> customers() {
        return known.values().stream()
                .map(Ownership.Known::customer)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }
}
