package io.growalert.history.store;

import io.growalert.events.InstantText;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.IntConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/**
 * Rows for COPY, in its <a href="https://www.postgresql.org/docs/18/sql-copy.html#id-1.9.3.55.9.2">text format</a>. Values are
 * appended in the order of the columns.
 */
public final class CopyRows {
    private static final String NULL = "\\N";

    private final String sql;
    private final StringBuilder text = new StringBuilder();
    private boolean begun;

    /** @param target the table and its columns, such as {@code history.runs (monitor, slot)} */
    public CopyRows(String target) {
        this.sql = "copy " + target + " from stdin";
    }

    private StringBuilder next() {
        if (begun) {
            text.append('\t');
        }
        begun = true;
        return text;
    }

    public CopyRows number(long number) {
        next().append(number);
        return this;
    }

    /** Cut off below a microsecond, which the database would round. */
    public CopyRows time(Instant time) {
        next().append(InstantText.of(Micros.instant(Micros.of(time))));
        return this;
    }

    public CopyRows longs(long @Nullable [] numbers) {
        return numbers == null ? absent() : array(numbers.length, i -> text.append(numbers[i]));
    }

    public CopyRows ints(int @Nullable [] numbers) {
        return numbers == null ? absent() : array(numbers.length, i -> text.append(numbers[i]));
    }

    CopyRows reals(float @Nullable [] numbers) {
        return numbers == null ? absent() : array(numbers.length, i -> text.append(numbers[i]));
    }

    public CopyRows doubles(double @Nullable [] numbers) {
        return numbers == null ? absent() : array(numbers.length, i -> text.append(numbers[i]));
    }

    private CopyRows absent() {
        next().append(NULL);
        return this;
    }

    /** @param element appends the element at an index */
    private CopyRows array(int length, IntConsumer element) {
        next().append('{');
        for (int i = 0; i < length; i++) {
            if (i > 0) {
                text.append(',');
            }
            element.accept(i);
        }
        text.append('}');
        return this;
    }

    public void endRow() {
        text.append('\n');
        begun = false;
    }

    /** Writes the rows within the caller's transaction. */
    public void copyTo(DataSource database) {
        if (text.isEmpty()) {
            return;
        }
        var connection = DataSourceUtils.getConnection(database);
        try {
            new CopyManager(connection.unwrap(BaseConnection.class)).copyIn(sql, new StringReader(text.toString()));
        } catch (SQLException e) {
            throw translated(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            DataSourceUtils.releaseConnection(connection, database);
        }
    }

    private DataAccessException translated(SQLException e) {
        var translated = new SQLExceptionSubclassTranslator().translate("copying rows", sql, e);
        return translated == null
                ? new org.springframework.jdbc.UncategorizedSQLException("copying rows", sql, e)
                : translated;
    }
}
