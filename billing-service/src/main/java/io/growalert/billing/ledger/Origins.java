package io.growalert.billing.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What the database knows of the origin of objects: the records, the registrations, and {@code billing.foreign_objects}. It is
 * to be read under the locks under which it is acted on. All within the caller's transaction.
 */
final class Origins {
    /** The error of an event that is ignored because its object is not ours. */
    static final String FOREIGN = "foreign";
    /** The error of an event that waits for its customer. Stripe shows no metadata of a deleted one, so it may be ours. */
    static final String DELETED = "its customer is deleted at Stripe and not recorded";

    private final JdbcClient jdbc;

    Origins(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param ours the ids of objects that are ours
     * @param foreign whose the others are that were found not to be, by their ids
     */
    record Known(Set<String> ours, Map<String, Optional<String>> foreign) {
        Origin.Facts facts() {
            return new Origin.Facts(ours, foreign.keySet());
        }
    }

    private static final String READ = """
            select i.id,
                   exists (select from billing.objects o where o.id = i.id)
                   or exists (select from billing.objects o where o.customer = i.id)
                   or exists (select from billing.registrations r where r.customer = i.id) as ours,
                   f.id is not null as is_foreign, f.customer
            from unnest(:ids::text[]) as i (id) left join billing.foreign_objects f on f.id = i.id
            """;

    Known read(Collection<String> ids) {
        var known = new Known(new HashSet<>(), new HashMap<>());
        if (!ids.isEmpty()) {
            jdbc.sql(READ)
                    .param("ids", ids.toArray(String[]::new))
                    .query((row, n) -> into(known, row))
                    .list();
        }
        return known;
    }

    private static Known into(Known known, ResultSet row) throws SQLException {
        if (row.getBoolean("ours")) {
            known.ours().add(row.getString("id"));
        } else if (row.getBoolean("is_foreign")) {
            known.foreign().put(row.getString("id"), Optional.ofNullable(row.getString("customer")));
        }
        return known;
    }

    /** An object that is not ours. */
    record Foreign(String id, @Nullable String customer) {}

    private static final String REMEMBER = """
            insert into billing.foreign_objects (id, customer)
            select * from unnest(:ids::text[], :customers::text[]) as f (id, customer) order by id
            on conflict (id) do nothing
            """;

    void remember(Collection<Foreign> foreign) {
        if (!foreign.isEmpty()) {
            jdbc.sql(REMEMBER)
                    .param("ids", Sql.texts(foreign, Foreign::id))
                    .param("customers", Sql.texts(foreign, Foreign::customer))
                    .update();
        }
    }

    private static final String FORGET = """
            delete from billing.foreign_objects where id = any(:customers) or customer = any(:customers)
            """;

    // what was ignored is erased: its objects are read from Stripe
    private static final String RECEIVE_AGAIN = """
            update billing.stripe_events
            set state = 'received', attempts = 0, error = null, done_at = null, due_at = clock_timestamp()
            where customer = any(:customers) and state = 'ignored' and error = 'foreign'
            """;

    // another batch that has some of them decides on them now anyway, and neither is to wait for the other
    private static final String WAKE = """
            update billing.stripe_events set due_at = clock_timestamp()
            where id in (select id from billing.stripe_events
                         where customer = any(:customers) and payload is not null and state = 'received' and awaits is null
                               and (error is null or error = :deleted) and due_at > clock_timestamp()
                         order by id for update skip locked)
            """;

    /** These customers, whose keys are locked, turned out to be ours: what was ignored or waits because of them is applied. */
    void claim(Collection<String> customers) {
        if (!customers.isEmpty()) {
            var ids = customers.toArray(String[]::new);
            jdbc.sql(FORGET).param("customers", ids).update();
            jdbc.sql(RECEIVE_AGAIN).param("customers", ids).update();
            jdbc.sql(WAKE).param("customers", ids).param("deleted", DELETED).update();
        }
    }
}
