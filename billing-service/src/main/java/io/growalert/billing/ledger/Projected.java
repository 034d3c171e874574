package io.growalert.billing.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.BillingRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record as it is to be kept.
 *
 * @param row its columns as JSON, with a customer's e-mail and name, which the record is without
 * @param digest of the row: equal when nothing changed. That of an order is without what became of its money.
 */
record Projected(BillingRecord record, String row, String digest) {
    private static final JsonMapper ROWS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion ->
                    inclusion.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
            .build();

    static Projected of(BillingRecord record) {
        var row = ROWS.writeValueAsString(record);
        return record instanceof BillingRecord.DeviceOrder
                ? new Projected(record, row, digest(withoutSettlement(row)))
                : of(record, row);
    }

    /** What became of an order's money is known of other objects: of its own register it is no part. See {@link Settlements}. */
    private static String withoutSettlement(String row) {
        var order = (ObjectNode) ROWS.readTree(row);
        order.remove(List.of("refunded_amount", "disputed"));
        return ROWS.writeValueAsString(order);
    }

    static Projected customer(BillingRecord.Customer record, @Nullable String email, @Nullable String name) {
        ObjectNode row = ROWS.valueToTree(record);
        return of(record, row.put("email", email).put("name", name).toString());
    }

    private static Projected of(BillingRecord record, String row) {
        return new Projected(record, row, digest(row));
    }

    String id() {
        return record.id();
    }

    /** From a row, with its kind. */
    static BillingRecord record(String row) {
        return ROWS.readValue(row, BillingRecord.class);
    }

    /** Any object of Stripe's, as text. */
    static JsonNode parse(String json) {
        return ROWS.readTree(json);
    }

    private static String digest(String row) {
        try {
            var sha = MessageDigest.getInstance("SHA-256").digest(row.getBytes(UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(sha, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
