package io.growalert.benchmarks.billing;

import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each object of Stripe's as in its last event, compared with the rows without any of billing's code: a column that
 * is named like a field has its value.
 */
final class LastObjects {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> TABLES = Map.of(
            "customer", "customers",
            "subscription", "subscriptions",
            "invoice", "invoices",
            "payment_intent", "payments",
            "charge", "charges",
            "refund", "refunds",
            "dispute", "disputes");

    private final Map<String, JsonNode> objects = new HashMap<>();

    LastObjects(EventHistory history) {
        for (var event : history.events()) {
            var object = event.json().at("/data/object");
            var table = TABLES.get(object.path("object").asString(""));
            if (table != null && event.type().equals("customer.deleted")) {
                objects.remove(table + " " + object.path("id").asString()); // its personal data is gone from the row
            } else if (table != null) {
                objects.put(table + " " + object.path("id").asString(), object);
            }
        }
    }

    List<String> unlike(BillingDatabase database) throws SQLException {
        var unlike = new ArrayList<String>();
        for (var table : TABLES.values()) {
            database.rows(table).forEach((id, row) -> {
                var object = objects.remove(table + " " + id);
                if (object != null) {
                    compare(table + " " + id, object, JSON.readTree(row), unlike);
                }
            });
        }
        objects.keySet().forEach(left -> unlike.add(left + " has no row"));
        return unlike;
    }

    private static void compare(String name, JsonNode object, JsonNode row, List<String> unlike) {
        row.forEachEntry((column, value) -> {
            var published = object.path(column);
            if (!published.isMissingNode()
                    && !published.isContainer()
                    && !text(published, value).equals(value.asString(""))) {
                unlike.add("%s: %s is %s, the last event said %s".formatted(name, column, value, published));
            }
        });
    }

    /** The event's value in the row's notation. */
    private static String text(JsonNode published, JsonNode row) {
        boolean isTime = published.isIntegralNumber()
                && row.isString()
                && OffsetDateTime.parse(row.asString()).toEpochSecond() == published.asLong();
        return isTime ? row.asString() : published.asString("");
    }
}
