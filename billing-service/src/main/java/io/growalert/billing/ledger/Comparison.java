package io.growalert.billing.ledger;

import io.growalert.billing.stripe.Kind;
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
 * Holds objects as they are at Stripe against what is recorded of them: the register, and the row itself, which somebody may
 * have altered or lost. Nothing is locked, and nothing is changed but that foreign objects are remembered; what is different is to
 * be given to {@link Ledger#restore}.
 */
public final class Comparison {
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final Registers registers;
    private final Origins origins;

    public Comparison(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        registers = new Registers(jdbc);
        origins = new Origins(jdbc);
    }

    /** Something that is not as it should be. */
    public sealed interface Finding {
        /** The id of Stripe's object. */
        String object();

        /**
         * A record differs.
         *
         * @param record its id, which is not the object's for a device order
         * @param key what is locked when it is written
         * @param fields the names of those that differ; none when nothing at all is recorded
         * @param isOnlyRow the register says that it is as it should be: it is to be restored
         */
        record Different(String object, String record, String key, List<String> fields, boolean isOnlyRow)
                implements Finding {
            public Different {
                fields = List.copyOf(fields);
            }
        }

        /** It is not ours. */
        record Foreign(String object) implements Finding {}

        /** Whose it is, is known when another object is. */
        record Orphaned(String object) implements Finding {}

        /** Stripe's object is not as it should be. */
        record Unreadable(String object, String reason) implements Finding {}
    }

    /** What is different of these objects, which are all of this kind. Those of a deleted customer never are. */
    public List<Finding> of(Kind kind, List<? extends JsonNode> objects) {
        try {
            return transaction.execute(_ -> compared(kind, objects));
        } catch (RuntimeException e) {
            var reason = Refusal.reason(e).orElseThrow(() -> e);
            return objects.size() == 1
                    ? List.of(
                            new Finding.Unreadable(objects.getFirst().path("id").asString(""), reason))
                    : objects.stream()
                            .flatMap(object -> of(kind, List.of(object)).stream())
                            .toList();
        }
    }

    private List<Finding> compared(Kind kind, List<? extends JsonNode> objects) {
        var findings = new ArrayList<Finding>();
        var records = new ArrayList<Expected>();
        var read = objects.stream()
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
        var known = registers.read(
                records.stream().map(expected -> expected.record().id()).toList());
        records.stream()
                .filter(expected -> {
                    var register = known.get(expected.record().id());
                    return register == null || !register.isDeletedCustomer();
                })
                .collect(Collectors.groupingBy(
                        expected -> BillingEvent.kind(expected.record().record())))
                .forEach((word, some) -> compare(word, some, known, findings));
        return findings;
    }

    private record Expected(String object, String key, Projected record) {}

    /** What is to be in the row of an order is known of these objects, or else of what is recorded. */
    private void settle(List<Expected> records) {
        var settlements =
                Settlements.read(jdbc, records.stream().map(Expected::record).toList());
        records.stream()
                .map(expected -> expected.record().record())
                .filter(record -> !(record instanceof BillingRecord.DeviceOrder))
                .forEach(settlements::enter);
        records.replaceAll(expected -> expected.record().record() instanceof BillingRecord.DeviceOrder order
                ? new Expected(expected.object(), expected.key(), Projected.of(settlements.settled(order)))
                : expected);
    }

    /** An object of which it is known whose it is. */
    private record Read(JsonNode object, Owner.Known owner, Origin.Subject subject) {}

    private Optional<Read> read(Kind kind, JsonNode object, List<Finding> findings) {
        var id = object.path("id").asString("");
        try {
            var said = Owner.of(kind, new Fields(object, kind.objectName()));
            var owner = known(said);
            if (owner.isEmpty()) {
                findings.add(new Finding.Orphaned(id));
            }
            return owner.map(known -> new Read(object, known, Origin.Subject.of(kind, id, object, said, known)));
        } catch (BadShape e) {
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
        } catch (BadShape e) {
            findings.add(new Finding.Unreadable(subject.id(), String.valueOf(e.getMessage())));
        }
    }

    private Optional<Owner.Known> known(Owner owner) {
        return switch (owner) {
            case Owner.Known known -> Optional.of(known);
            case Owner.Asked asked -> {
                var parents = asked.parents().stream().map(Owner.Parent::id).toList();
                var customers = new HashMap<>(origins.read(parents).foreign());
                registers
                        .read(parents)
                        .forEach((id, register) -> customers.put(id, Optional.ofNullable(register.customer())));
                yield Batch.answer(asked, customers);
            }
        };
    }

    private void compare(String word, List<Expected> records, Map<String, Register> known, List<Finding> findings) {
        var differing = differing(word, records);
        for (var expected : records) {
            var record = expected.record();
            var register = known.get(record.id());
            var fields = differing.get(record.id());
            boolean isRegistered = register != null && register.state().digest().equals(record.digest());
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

    /** A row that is not there differs in nothing that can be named. */
    private static String differingRows(String table) {
        return """
                select r.id,
                       case when t.id is null then '{}'
                            else array(select field.key from jsonb_each(to_jsonb(r)) as field
                                       where to_jsonb(t) -> field.key is distinct from field.value order by field.key)
                       end as fields
                from jsonb_populate_recordset(null::billing.%1$s, :rows::jsonb) as r
                     left join billing.%1$s t on t.id = r.id
                where t.id is null or to_jsonb(t) is distinct from to_jsonb(r)
                """.formatted(table);
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

    /** The ids of the rows that are different, with the names of the columns that are. */
    private Map<String, List<String>> differing(String word, List<Expected> records) {
        var rows = records.stream().map(expected -> expected.record().row()).collect(Collectors.joining(",", "[", "]"));
        var differing = new HashMap<String, List<String>>();
        // each table is named after what is in it
        query(differingRows(word + "s"), rows, differing);
        if (word.equals("subscription")) {
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
                .forEach(entry -> differing.merge(entry.getKey(), entry.getValue(), Comparison::both));
    }

    private static List<String> both(List<String> one, List<String> other) {
        var both = new ArrayList<>(one);
        both.addAll(other);
        return both;
    }

    private static final String RECALL = """
            insert into billing.objects (id, kind, customer, as_of, fetched, rank, version, digest)
            select subject, split_part(max(type), '.', 1), nullif(max(key), subject), 'epoch', false, 0,
                   max((body::jsonb ->> 'version')::bigint), ''
            from billing.outbox where subject = :record group by subject
            on conflict (id) do nothing
            """;

    /** Makes up a register that was lost from what was told of the record, so that no version is told twice. */
    public void recall(Finding.Different different) {
        transaction.executeWithoutResult(_ -> {
            registers.lock(different.key());
            jdbc.sql(RECALL).param("record", different.record()).update();
        });
    }
}
