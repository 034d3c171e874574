package io.growalert.runtime.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Json;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The changes that operators made through the API, one row each, with what was before and what is after. A change of the database
 * alone and its row are one transaction. Rows hold no personal data of customers.
 */
public final class AuditLog {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST = 1_000;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final String table;

    /**
     * @param action such as {@code mute}
     * @param target the id of what was changed
     * @param before null when there was nothing
     * @param after null when there is nothing left
     */
    public record Entry(
            long id,
            Instant at,
            String operator,
            String role,
            String action,
            String target,
            @Nullable JsonNode before,
            @Nullable JsonNode after) {}

    /** A change that was made, and what its caller returns. */
    public record Change<T>(
            T result, @Nullable Object before, @Nullable Object after) {
        /** Nothing was changed; no row is added. */
        public static <T> Change<T> none(T result) {
            return new Change<>(result, null, null);
        }
    }

    /** @param table with its schema, such as {@code dispatcher.audit} */
    public AuditLog(JdbcClient jdbc, TransactionOperations transaction, String table) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.table = table;
    }

    /** Makes a change and adds its row, in one transaction. A change that throws leaves neither. */
    public <T> T change(Operator operator, String action, String target, Supplier<Change<T>> change) {
        return transaction.execute(_ -> {
            var made = change.get();
            if (made.before() != null || made.after() != null) {
                add(operator, action, target, made.before(), made.after());
            }
            return made.result();
        });
    }

    /** Creates something and adds its row, in one transaction. */
    public <T> T create(Operator operator, String action, Supplier<T> creation, Function<T, String> id) {
        return transaction.execute(_ -> {
            var created = creation.get();
            add(operator, action, id.apply(created), null, created);
            return created;
        });
    }

    /** Creates several things and adds a row for each, in one transaction. */
    public <T> List<T> createAll(Operator operator, String action, Supplier<List<T>> creation, Function<T, String> id) {
        return transaction.execute(_ -> {
            var created = creation.get();
            created.forEach(each -> add(operator, action, id.apply(each), null, each));
            return created;
        });
    }

    /** Adds a row, in the caller's transaction; the row of a change at another system has none. */
    public void add(Operator operator, String action, String target, @Nullable Object before, @Nullable Object after) {
        jdbc.sql("""
                        insert into %s (operator, role, action, target, before, after)
                        values (:operator, :role, :action, :target, cast(:before as jsonb), cast(:after as jsonb))
                        """.formatted(table))
                .param("operator", operator.name())
                .param("role", operator.role().text())
                .param("action", action)
                .param("target", target)
                .param("before", json(before))
                .param("after", json(after))
                .update();
    }

    private static @Nullable String json(@Nullable Object value) {
        return value == null ? null : new String(Json.write(value), UTF_8);
    }

    /**
     * The latest entries first.
     *
     * @param limit 1 to 1,000
     * @param before the id of the last entry of the page before; null for the first page
     * @throws org.springframework.web.ErrorResponseException when one of them is out of range
     */
    public List<Entry> page(int limit, @Nullable Long before) {
        if (limit < 1 || limit > MOST) {
            throw CommonProblem.INVALID_FIELD.in("limit", "limit: expected from 1 to " + MOST);
        }
        return jdbc.sql("""
                        select id, at, operator, role, action, target, before, after from %s
                        where id < :before
                        order by id desc
                        limit :limit
                        """.formatted(table))
                .param("before", before == null ? Long.MAX_VALUE : before)
                .param("limit", limit)
                .query(AuditLog::entry)
                .list();
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                row.getLong("id"),
                Columns.instant(row, "at"),
                row.getString("operator"),
                row.getString("role"),
                row.getString("action"),
                row.getString("target"),
                tree(row.getString("before")),
                tree(row.getString("after")));
    }

    private static @Nullable JsonNode tree(@Nullable String json) {
        return json == null ? null : JSON.readTree(json);
    }
}
