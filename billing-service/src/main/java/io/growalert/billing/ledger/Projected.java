package io.growalert.billing.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.BillingRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record as it is to be kept.
 *
 * @param row its columns as JSON, with a customer's e-mail and name, which the record is without
 * @param digest of the row: equal when nothing changed
 */
record Projected(BillingRecord record, String row, String digest) {
    private static final JsonMapper ROWS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(inclusion ->
                    inclusion.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
            .build();

    static Projected of(BillingRecord record) {
        return of(record, ROWS.writeValueAsString(record));
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
