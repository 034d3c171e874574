package io.growalert.history.store;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The daily partitions of a table, named like {@code chunks_20261127}. */
public final class DayPartitions {
    private static final DateTimeFormatter NAME = DateTimeFormatter.BASIC_ISO_DATE;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final String table;
    private final Set<LocalDate> known = ConcurrentHashMap.newKeySet();

    /** @param table in the schema {@code history} */
    public DayPartitions(JdbcClient jdbc, TransactionOperations transaction, String table) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.table = table;
    }

    /** Creates the missing partitions from the day of one instant to the day of the other. Not within a transaction that uses the table. */
    void create(long from, long to) {
        for (var day = dayOf(from); !day.isAfter(dayOf(to)); day = day.plusDays(1)) {
            if (!known.contains(day)) {
                create(day);
                known.add(day);
            }
        }
    }

    private static LocalDate dayOf(long micros) {
        return LocalDate.ofInstant(Micros.instant(micros), ZoneOffset.UTC);
    }

    /** Attached after its creation, which locks no reader out. */
    private void create(LocalDate day) {
        var name = table + "_" + NAME.format(day);
        transaction.executeWithoutResult(_ -> {
            lock();
            if (!names().contains(name)) {
                jdbc.sql("create table history.%s (like history.%s including all)".formatted(name, table))
                        .update();
                jdbc.sql("alter table history.%s attach partition history.%s for values from ('%sZ') to ('%sZ')"
                                .formatted(table, name, day + " 00:00:00", day.plusDays(1) + " 00:00:00"))
                        .update();
            }
        });
    }

    /** Drops the partitions that end before the instant, and returns how many. */
    int dropBefore(Instant instant) {
        int dropped = 0;
        for (var name : names()) {
            var day = LocalDate.parse(name.substring(table.length() + 1), NAME);
            if (!day.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC).isAfter(instant)) {
                transaction.executeWithoutResult(_ -> {
                    lock();
                    // a query that runs long must not make all others wait behind this one
                    jdbc.sql("set local lock_timeout = '5s'").update();
                    jdbc.sql("drop table if exists history." + name).update();
                });
                known.remove(day);
                dropped++;
            }
        }
        return dropped;
    }

    /** Of all instances. */
    private void lock() {
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('history.' || :table, 0))")
                .param("table", table)
                .query(row -> {});
    }

    private List<String> names() {
        return jdbc.sql("""
                        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                        where i.inhparent = ('history.' || :table)::regclass order by c.relname
                        """).param("table", table).query(String.class).list();
    }
}
