package io.growalert.billing.records;

import io.growalert.billing.projection.Origin;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The origin of objects as recorded: by the records, the registrations, and {@code billing.foreign_objects}. To be read under
 * the locks under which it is used. All within the caller's transaction.
 */
public final class Origins {
    /** After this time the origin of an object is judged again. */
    private static final Duration FOREIGN_RETENTION = Duration.ofDays(30);

    private final JdbcClient jdbc;

    public Origins(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param ours the ids of objects that are ours
     * @param foreign the customers of the objects that were found to be foreign, by the objects' ids
     */
    public record Known(Set<String> ours, Map<String, Optional<String>> foreign) {
        public Origin.Facts facts() {
            return new Origin.Facts(ours, foreign.keySet());
        }
    }

    // scalar subqueries, each a search by index; for "exists" whole tables may be read and hashed
    private static final String READ = """
            select i.id,
                   coalesce((select true from billing.objects o where o.id = i.id),
                            (select true from billing.objects o where o.customer = i.id limit 1),
                            (select true from billing.registrations r where r.customer = i.id),
                            false) as ours,
                   f.id is not null as is_foreign, f.customer
            from unnest(:ids::text[]) as i (id) left join billing.foreign_objects f on f.id = i.id
            """;

    public Known read(Collection<String> ids) {
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
    public record Foreign(String id, @Nullable String customer) {}

    private static final String REMEMBER = """
            insert into billing.foreign_objects (id, customer)
            select * from unnest(:ids::text[], :customers::text[]) as f (id, customer) order by id
            on conflict (id) do nothing
            """;

    public void remember(Collection<Foreign> foreign) {
        if (!foreign.isEmpty()) {
            jdbc.sql(REMEMBER)
                    .param("ids", Columns.texts(foreign, Foreign::id))
                    .param("customers", Columns.texts(foreign, Foreign::customer))
                    .update();
        }
    }

    private static final String CLAIM = """
            delete from billing.foreign_objects where id = any(:customers) or customer = any(:customers)
            """;

    /** These customers, whose keys are locked, turned out to be ours: no object of theirs counts as foreign any more. */
    public void claim(Collection<String> customers) {
        if (!customers.isEmpty()) {
            jdbc.sql(CLAIM).param("customers", customers.toArray(String[]::new)).update();
        }
    }

    private static final String FORGET = """
            delete from billing.foreign_objects
            where id in (select id from billing.foreign_objects where seen_at < :before
                         order by seen_at limit :step for update skip locked)
            """;

    /** Deletes at most {@code step} foreign objects that were judged long ago, and returns how many. */
    public int forgetStep(Instant now, int step) {
        return jdbc.sql(FORGET)
                .param("before", now.minus(FOREIGN_RETENTION).atOffset(ZoneOffset.UTC))
                .param("step", step)
                .update();
    }
}
