package io.growalert.benchmarks.billing;

import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import io.growalert.events.Json;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last event of each object, to be held against the rows: each field of a record is a column of the same name.
 *
 * @param events by kind and id
 */
record LastEvents(Map<String, BillingEvent> events) {
    private static final JsonMapper JSON = new JsonMapper();
    /** They open a document to anybody who has them, and are not published. */
    private static final Set<String> LINKS = Set.of("hosted_url", "pdf_url", "receipt_url");

    /** Where the two differ, or one has no event. */
    List<String> unlike(BillingDatabase database) throws SQLException {
        var unlike = new ArrayList<String>();
        var rows = new HashMap<String, JsonNode>();
        for (var table : BillingDatabase.RECORDS) {
            database.rows(table).forEach((id, row) -> rows.put(table + " " + id, JSON.readTree(row)));
        }
        for (var event : events.values()) {
            compare(event.record(), rows, unlike);
        }
        rows.keySet().forEach(left -> unlike.add(left + " was never published"));
        return unlike;
    }

    private static void compare(BillingRecord record, Map<String, JsonNode> rows, List<String> unlike) {
        var name = table(record) + " " + record.id();
        var row = rows.remove(name);
        if (row == null) {
            unlike.add(name + " has no row");
            return;
        }
        var personal = record instanceof BillingRecord.Customer ? Set.of("email", "name") : Set.<String>of();
        compare(name, JSON.readTree(Json.write(record)), row, personal, unlike);
        if (record instanceof BillingRecord.Subscription subscription) {
            for (var item : subscription.items()) {
                var itemName = "subscription_items " + item.id();
                var itemRow = rows.remove(itemName);
                if (itemRow == null) {
                    unlike.add(itemName + " has no row");
                } else {
                    var owner = Set.of("subscription");
                    compare(itemName, JSON.readTree(Json.write(item)), itemRow, owner, unlike);
                }
            }
        }
    }

    /** @param withoutEvent columns that are no field of the record */
    private static void compare(
            String name, JsonNode published, JsonNode row, Set<String> withoutEvent, List<String> unlike) {
        var values = new TreeMap<String, String>();
        published.forEachEntry((field, value) -> {
            if (!field.equals("kind") && !value.isArray()) {
                values.put(column(field), value.asString());
            }
        });
        row.forEachEntry((column, value) -> {
            var expected = values.remove(column);
            if (!withoutEvent.contains(column)
                    && !LINKS.contains(column)
                    && !isSame(expected, value.isNull() ? null : value.asString())) {
                unlike.add("%s: %s is %s, published as %s".formatted(name, column, value, expected));
            }
        });
        values.forEach(
                (column, value) -> unlike.add("%s: %s is nowhere, published as %s".formatted(name, column, value)));
    }

    private static boolean isSame(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return Objects.equals(one, other);
        }
        return one.equals(other)
                || (one.length() >= 20 && one.charAt(4) == '-' && instant(one).equals(instant(other)));
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return Instant.MAX;
        }
    }

    /** {@code cancelAtPeriodEnd} is {@code cancel_at_period_end}. */
    private static String column(String field) {
        return field.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static String table(BillingRecord record) {
        return BillingEvent.kind(record) + "s";
    }
}
