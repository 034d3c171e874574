package io.growalert.billing.records;

import io.growalert.billing.projection.ChangeSet.VersionChange;
import io.growalert.billing.projection.ObjectVersion;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code billing.objects}, and the locks under which it is written. All within the caller's transaction. */
public final class ObjectTable {
    private final JdbcClient jdbc;

    public ObjectTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String TRY_LOCK = """
            select key from unnest(:keys::text[]) as key where pg_try_advisory_xact_lock(hashtextextended(key, 0))
            """;

    /** Locks the keys that no other transaction has locked, until this transaction ends; never waits. */
    public Set<String> tryLock(Collection<String> keys) {
        return new HashSet<>(jdbc.sql(TRY_LOCK)
                .param("keys", keys.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /** Waits for the lock. The transaction must hold no other lock yet, or two could deadlock. */
    public void lock(String key) {
        jdbc.sql("select true from (select pg_advisory_xact_lock(hashtextextended(:key, 0))) as locked")
                .param("key", key)
                .query(Boolean.class)
                .single();
    }

    private static final String READ = """
            select id, kind, customer, as_of, fetched, rank, version, digest from billing.objects where id = any(:ids)
            """;

    public Map<String, ObjectVersion> read(Collection<String> ids) {
        var found = new HashMap<String, ObjectVersion>();
        if (!ids.isEmpty()) {
            jdbc.sql(READ)
                    .param("ids", ids.toArray(String[]::new))
                    .query((row, n) -> version(row))
                    .list()
                    .forEach(version -> found.put(version.id(), version));
        }
        return found;
    }

    private static ObjectVersion version(ResultSet row) throws SQLException {
        var state = new ObjectVersion.State(
                Columns.instant(row, "as_of"), row.getBoolean("fetched"), row.getInt("rank"), row.getString("digest"));
        return new ObjectVersion(
                row.getString("id"), row.getString("kind"), row.getString("customer"), state, row.getLong("version"));
    }

    private static final String WRITE = """
            with written as materialized (
                select * from unnest(:ids::text[], :kinds::text[], :customers::text[], :seconds::timestamptz[],
                                     :fetched::boolean[], :ranks::smallint[], :versions::bigint[], :digests::text[],
                                     :olds::bigint[], :olderSeconds::timestamptz[])
                    as w (id, kind, customer, as_of, fetched, rank, version, digest, old, old_as_of)
            ), changed as (
                update billing.objects o
                set customer = w.customer, as_of = w.as_of, fetched = w.fetched, rank = w.rank, version = w.version,
                    digest = w.digest,
                    changed_at = case when w.version = o.version then o.changed_at else clock_timestamp() end
                from written w
                where o.id = w.id and o.version = w.old and o.as_of = w.old_as_of
                returning 1
            ), added as (
                insert into billing.objects (id, kind, customer, as_of, fetched, rank, version, digest)
                select id, kind, customer, as_of, fetched, rank, version, digest from written where old is null
                order by id
                on conflict (id) do nothing
                returning 1
            )
            select (select count(*) from changed) + (select count(*) from added)
            """;

    /**
     * @throws OptimisticLockingFailureException when a row changed since it was read: an object passed from one customer to
     *     another, and so from one lock to another. The transaction must be rolled back and repeated.
     */
    public void write(Collection<VersionChange> changes) {
        if (changes.isEmpty()) {
            return;
        }
        int written = jdbc.sql(WRITE)
                .param("ids", Columns.texts(changes, change -> change.after().id()))
                .param("kinds", Columns.texts(changes, change -> change.after().kind()))
                .param("customers", Columns.texts(changes, change -> change.after()
                        .customer()))
                .param(
                        "seconds",
                        Columns.times(changes, change -> change.after().state().asOf()))
                .param(
                        "fetched",
                        Columns.flags(changes, change -> change.after().state().fetched()))
                .param("ranks", Columns.numbers(changes, change -> change.after()
                        .state()
                        .rank()))
                .param("versions", Columns.numbers(changes, change -> change.after()
                        .version()))
                .param(
                        "digests",
                        Columns.texts(changes, change -> change.after().state().digest()))
                .param(
                        "olds",
                        changes.stream()
                                .map(VersionChange::before)
                                .map(before -> before == null ? null : before.version())
                                .toArray(Long[]::new))
                .param(
                        "olderSeconds",
                        Columns.texts(
                                changes,
                                change -> change.before() == null
                                        ? null
                                        : change.before().state().asOf().toString()))
                .query(Integer.class)
                .single();
        if (written != changes.size()) {
            throw new OptimisticLockingFailureException("an object changed under another lock");
        }
    }

    private static final String RECOVER = """
            insert into billing.objects (id, kind, customer, as_of, fetched, rank, version, digest)
            values (:id, :kind, :customer, 'epoch', false, 0, :version, '')
            on conflict (id) do nothing
            """;

    /** Adds the version of an object whose row was lost; any state of the object is later than this one. */
    public void recover(String id, String kind, @Nullable String customer, long version) {
        jdbc.sql(RECOVER)
                .param("id", id)
                .param("kind", kind)
                .param("customer", customer)
                .param("version", version)
                .update();
    }
}
