package io.growalert.billing.records;

import io.growalert.billing.projection.ObjectVersion;
import io.growalert.billing.projection.Origin;
import io.growalert.billing.projection.Ownership;
import io.growalert.billing.projection.ProjectedRecord;
import io.growalert.billing.projection.Projection;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.MalformedObject;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

/**
 * Compares objects as they are at Stripe with what is recorded: the version, and the row itself, which may have been altered or
 * lost. Locks nothing, and changes nothing except that foreign objects are remembered and missing links added; the apply stage
 * restores what differs.
 */
public final class RecordComparison {
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final ObjectTable objects;
    private final RecordStore store;
    private final Origins origins;

    public RecordComparison(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        objects = new ObjectTable(jdbc);
        store = new RecordStore(jdbc);
        origins = new Origins(jdbc);
    }

    /** The result for one object or record. */
    public sealed interface Finding {
        /** The id of the object at Stripe. */
        String object();

        /**
         * A record differs.
         *
         * @param record its id, which is not the object's for a device order
         * @param key of the lock under which it is written
         * @param fields the names of the columns that differ; none when no row is recorded
         * @param isOnlyRow the version is the right one, so the row must be restored
         */
        record Different(String object, String record, String key, List<String> fields, boolean isOnlyRow)
                implements Finding {
            public Different {
                fields = List.copyOf(fields);
            }
        }

        /** The object is not ours. */
        record Foreign(String object) implements Finding {}

        /** Its owner is unknown until its parent is recorded. */
        record Orphaned(String object) implements Finding {}

        /** A field of the object is missing or wrong, or the database rejects its record. */
        record Unreadable(String object, String reason) implements Finding {}
    }

    /** The differences of these objects, which are all of this kind. Records of a deleted customer never differ. */
    public List<Finding> of(Kind kind, List<? extends JsonNode> stated) {
        try {
            return transaction.execute(_ -> compared(kind, stated));
        } catch (RuntimeException e) {
            var reason = RejectedData.reason(e).orElseThrow(() -> e);
            return stated.size() == 1
                    ? List.of(
                            new Finding.Unreadable(stated.getFirst().path("id").asString(""), reason))
                    : stated.stream()
                            .flatMap(object -> of(kind, List.of(object)).stream())
                            .toList();
        }
    }

    private List<Finding> compared(Kind kind, List<? extends JsonNode> stated) {
        var findings = new ArrayList<Finding>();
        var records = new ArrayList<Expected>();
        var read = stated.stream()
                .flatMap(object -> read(kind, object, findings).stream())
                .toList();
        var ids = new HashSet<String>();
        read.forEach(each -> ids.addAll(each.subject().ids()));
        var before = origins.read(ids);
        var facts = before.facts();
        var foreign = new ArrayList<Origins.Foreign>();
        for (var each : read) {
            var id = each.subject().id();
            switch (facts.judge(each.subject())) {
                case OURS -> project(each, records, findings);
                case FOREIGN -> {
                    findings.add(new Finding.Foreign(id));
                    if (!before.foreign().containsKey(id)) {
                        foreign.add(new Origins.Foreign(id, each.owner().customer()));
                    }
                }
                case UNKNOWN -> findings.add(new Finding.Orphaned(id));
            }
        }
        origins.remember(foreign);
        settle(records);
        store.link(records.stream().map(Expected::record).toList());
        var known = objects.read(
                records.stream().map(expected -> expected.record().id()).toList());
        records.stream()
                .filter(expected -> {
                    var version = known.get(expected.record().id());
                    return version == null || !version.isDeletedCustomer();
                })
                .collect(Collectors.groupingBy(
                        expected -> BillingEvent.kind(expected.record().record())))
                .forEach((recordKind, some) -> compare(recordKind, some, known, findings));
        return findings;
    }

    private record Expected(String object, String key, ProjectedRecord record) {}

    /** Refunds and disputes of an order are those of these objects, or else the recorded ones. */
    private void settle(List<Expected> records) {
        var settlements =
                store.settlements(records.stream().map(Expected::record).toList());
        records.stream()
                .map(expected -> expected.record().record())
                .filter(record -> !(record instanceof BillingRecord.DeviceOrder))
                .forEach(settlements::enter);
        records.replaceAll(expected -> expected.record().record() instanceof BillingRecord.DeviceOrder order
                ? new Expected(expected.object(), expected.key(), ProjectedRecord.of(settlements.settled(order)))
                : expected);
    }

    /** An object whose owner is known. */
    private record Read(JsonNode object, Ownership.Known owner, Origin.Subject subject) {}

    private Optional<Read> read(Kind kind, JsonNode object, List<Finding> findings) {
        var id = object.path("id").asString("");
        try {
            var stated = Ownership.of(kind, new StripeFields(object, kind.objectName()));
            var owner = known(stated);
            if (owner.isEmpty()) {
                findings.add(new Finding.Orphaned(id));
            }
            return owner.map(known -> new Read(object, known, Origin.Subject.of(kind, id, object, stated, known)));
        } catch (MalformedObject e) {
            findings.add(new Finding.Unreadable(id, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private static void project(Read read, List<Expected> records, List<Finding> findings) {
        var subject = read.subject();
        try {
            Projection.of(subject.kind(), read.object(), read.owner().customer(), false)
                    .forEach(record ->
                            records.add(new Expected(subject.id(), read.owner().key(), record)));
        } catch (MalformedObject e) {
            findings.add(new Finding.Unreadable(subject.id(), String.valueOf(e.getMessage())));
        }
    }

    private Optional<Ownership.Known> known(Ownership owner) {
        return switch (owner) {
            case Ownership.Known known -> Optional.of(known);
            case Ownership.Inherited inherited -> {
                var parents =
                        inherited.parents().stream().map(Ownership.Parent::id).toList();
                var customers = new HashMap<>(origins.read(parents).foreign());
                objects.read(parents)
                        .forEach((id, version) -> customers.put(id, Optional.ofNullable(version.customer())));
                yield inherited.resolve(customers);
            }
        };
    }

    private void compare(
            String recordKind, List<Expected> records, Map<String, ObjectVersion> known, List<Finding> findings) {
        var differing = differing(recordKind, records);
        for (var expected : records) {
            var record = expected.record();
            var version = known.get(record.id());
            var fields = differing.get(record.id());
            boolean isRegistered = version != null && version.state().digest().equals(record.digest());
            if (!isRegistered || fields != null) {
                findings.add(new Finding.Different(
                        expected.object(),
                        record.id(),
                        expected.key(),
                        fields == null ? List.of() : fields,
                        isRegistered));
            }
        }
    }

    /** Stripe makes new addresses for each reading. */
    private static final String LINKS = "array['hosted_url', 'pdf_url', 'receipt_url']";

    /** A missing row has no differing columns. */
    private static String differingRows(String table) {
        return """
                select r.id,
                       case when t.id is null then '{}'
                            else array(select field.key from jsonb_each(to_jsonb(r) - %2$s) as field
                                       where to_jsonb(t) -> field.key is distinct from field.value order by field.key)
                       end as fields
                from jsonb_populate_recordset(null::billing.%1$s, :rows::jsonb) as r
                     left join billing.%1$s t on t.id = r.id
                where t.id is null or to_jsonb(t) - %2$s is distinct from to_jsonb(r) - %2$s
                """.formatted(table, LINKS);
    }

    private static final String DIFFERING_ITEMS = """
            select row ->> 'id' as id, array['items'] as fields
            from jsonb_array_elements(:rows::jsonb) as row
            where (select coalesce(jsonb_agg(to_jsonb(i) - 'subscription' order by i.id), '[]')
                   from jsonb_populate_recordset(null::billing.subscription_items, row -> 'items') as i)
                  is distinct from
                  (select coalesce(jsonb_agg(to_jsonb(i) - 'subscription' order by i.id), '[]')
                   from billing.subscription_items i where i.subscription = row ->> 'id')
            """;

    /** The names of the differing columns, by the ids of the rows. */
    private Map<String, List<String>> differing(String recordKind, List<Expected> records) {
        var rows = records.stream().map(expected -> expected.record().row()).collect(Collectors.joining(",", "[", "]"));
        var differing = new HashMap<String, List<String>>();
        // a table is named after its records
        query(differingRows(recordKind + "s"), rows, differing);
        if (recordKind.equals("subscription")) {
            query(DIFFERING_ITEMS, rows, differing);
        }
        return differing;
    }

    private void query(String sql, String rows, Map<String, List<String>> differing) {
        jdbc.sql(sql)
                .param("rows", rows)
                .query((row, n) -> Map.entry(row.getString("id"), Arrays.asList((String[])
                        row.getArray("fields").getArray())))
                .list()
                .forEach(entry -> differing.merge(entry.getKey(), entry.getValue(), RecordComparison::both));
    }

    private static List<String> both(List<String> one, List<String> other) {
        var both = new ArrayList<>(one);
        both.addAll(other);
        return both;
    }
}
