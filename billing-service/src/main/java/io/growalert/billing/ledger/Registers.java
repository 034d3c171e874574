package io.growalert.billing.ledger;

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
final class Registers {
    private final JdbcClient jdbc;

    Registers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String TRY_LOCK = """
            select key from unnest(:keys::text[]) as key where pg_try_advisory_xact_lock(hashtextextended(key, 0))
            """;

    /** Locks those of the keys that nobody else has locked, until the transaction ends; waits for none. */
    Set<String> tryLock(Collection<String> keys) {
        return new HashSet<>(jdbc.sql(TRY_LOCK)
                .param("keys", keys.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /** Waits for the lock. Nothing else may be locked yet, or two could wait for each other. */
    void lock(String key) {
        jdbc.sql("select true from (select pg_advisory_xact_lock(hashtextextended(:key, 0))) as locked")
                .param("key", key)
                .query(Boolean.class)
                .single();
    }

    private static final String READ = """
            select id, kind, customer, as_of, fetched, rank, version, digest from billing.objects where id = any(:ids)
            """;

    Map<String, Register> read(Collection<String> ids) {
        var found = new HashMap<String, Register>();
        if (!ids.isEmpty()) {
            jdbc.sql(READ).param("ids", ids.toArray(String[]::new)).query((row, n) -> register(row)).stream()
                    .forEach(register -> found.put(register.id(), register));
        }
        return found;
    }

    private static Register register(ResultSet row) throws SQLException {
        var state = new Register.State(
                Sql.instant(row, "as_of"), row.getBoolean("fetched"), row.getInt("rank"), row.getString("digest"));
        return new Register(
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

    /** A register as it is to be, and as it was read; null when there was none. */
    record Change(Register register, @Nullable Register before) {}

    /**
     * @throws OptimisticLockingFailureException when one was changed since it was read: an object passed from one customer to
     *     another, and so from one lock to another. Then the transaction is to be rolled back, and made again.
     */
    void write(Collection<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        int written = jdbc.sql(WRITE)
                .param("ids", Sql.texts(changes, change -> change.register().id()))
                .param("kinds", Sql.texts(changes, change -> change.register().kind()))
                .param("customers", Sql.texts(changes, change -> change.register()
                        .customer()))
                .param(
                        "seconds",
                        Sql.times(changes, change -> change.register().state().asOf()))
                .param(
                        "fetched",
                        Sql.flags(changes, change -> change.register().state().fetched()))
                .param(
                        "ranks",
                        Sql.numbers(changes, change -> change.register().state().rank()))
                .param("versions", Sql.numbers(changes, change -> change.register()
                        .version()))
                .param(
                        "digests",
                        Sql.texts(changes, change -> change.register().state().digest()))
                .param(
                        "olds",
                        changes.stream()
                                .map(Change::before)
                                .map(before -> before == null ? null : before.version())
                                .toArray(Long[]::new))
                .param(
                        "olderSeconds",
                        Sql.texts(
                                changes,
                                change -> change.before() == null
                                        ? null
                                        : change.before().state().asOf().toString()))
                .query(Integer.class)
                .single();
        if (written != changes.size()) {
            throw new OptimisticLockingFailureException("a register was changed under another lock");
        }
    }
}
