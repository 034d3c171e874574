package io.growalert.benchmarks.alerting;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of whole schemas as lines of JSON. Their tables are those of the migrations up to the recorded version, which are never changed;
 * only the partitions are recorded.
 */
record SchemaDump(Connection connection) {
    List<String> lines(List<String> schemas) throws SQLException {
        var lines = new ArrayList<String>();
        for (var schema : schemas) {
            lines.addAll(column("""
                    select json_build_object('schema', '%1$s', 'version', max(version::int)::text)::text
                    from %1$s.flyway_schema_history where success and version is not null
                    """.formatted(schema)));
            lines.addAll(partitions(schema));
            for (var table : tables(schema)) {
                lines.addAll(column("select json_build_object('table', '%1$s', 'row', to_json(t))::text from %1$s t"
                        .formatted(table)));
            }
            lines.addAll(column("""
                    select json_build_object('sequence', format('%%I.%%I', schemaname, sequencename), 'value', last_value)::text
                    from pg_sequences where schemaname = '%s' and last_value is not null order by sequencename
                    """.formatted(schema)));
        }
        return lines;
    }

    /** How each partition is created. */
    private List<String> partitions(String schema) throws SQLException {
        return column("""
                select json_build_object('create', format('create table if not exists %%I.%%I partition of %%s %%s', n.nspname,
                                                          c.relname, i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid)))::text
                from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_inherits i on i.inhrelid = c.oid
                where n.nspname = '%s' and c.relispartition and c.relkind in ('r', 'p') order by c.oid
                """.formatted(schema));
    }

    /** All but partitions. */
    private List<String> tables(String schema) throws SQLException {
        return column("""
                select format('%%I.%%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = '%s' and c.relkind in ('r', 'p') and not c.relispartition order by 1
                """.formatted(schema));
    }

    private List<String> column(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var column = new ArrayList<String>();
            while (rows.next()) {
                column.add(rows.getString(1));
            }
            return column;
        }
    }
}
