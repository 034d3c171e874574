package io.growalert.monitor.source.postgres;

import io.growalert.monitor.source.QueryText;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds statements that write or lock. The read-only transaction would reject them in each run; this check rejects the definition. A
 * function that writes is not found.
 */
final class ReadOnly {
    private static final Pattern READS = flags("[\\s(]*+(?:select|with|values|table)\\b");

    /** {@code INTO} is a reserved word, unless it names a column or an alias. */
    private static final Pattern INTO = flags("(?<![.\\w])(?<!\\bas\\s{1,20})into\\b");

    private static final Pattern LOCKS = flags("\\bfor\\s++(?:update|no\\s++key\\s++update|share|key\\s++share)\\b");

    /** In a common table expression, or after the last one. */
    private static final Pattern WRITES =
            flags("[()]\\s*+(?:delete\\s++from|merge\\s++into|insert\\s++into|update\\s++[^()]{0,300}?\\bset)\\b");

    private ReadOnly() {}

    private static Pattern flags(String pattern) {
        return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    }

    static Optional<String> problemWith(QueryText query) {
        var code = query.code();
        if (!READS.matcher(code).lookingAt()) {
            return Optional.of("only a query that reads is allowed: SELECT, WITH, VALUES or TABLE");
        }
        if (WRITES.matcher(code).find()) {
            return Optional.of("a query must not write: INSERT, UPDATE, DELETE and MERGE are not allowed");
        }
        if (INTO.matcher(code).find()) {
            return Optional.of("a query must not write: INTO is not allowed");
        }
        if (LOCKS.matcher(code).find()) {
            return Optional.of("a query must not lock rows: FOR UPDATE and FOR SHARE are not allowed");
        }
        return Optional.empty();
    }
}
