package io.growalert.billing.projection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.BillingRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record and its row.
 *
 * @param row the columns as JSON; a customer's e-mail and name, and links, are only in it, not in the record
 * @param digest of the row, equal when nothing changed; that of an order excludes refunds and disputes, and no links are in it
 */
public record ProjectedRecord(BillingRecord record, String row, String digest) {
    private static final JsonMapper ROWS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion ->
                    inclusion.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL))
            .build();

    public static ProjectedRecord of(BillingRecord record) {
        var row = ROWS.writeValueAsString(record);
        return record instanceof BillingRecord.DeviceOrder
                ? new ProjectedRecord(record, row, digest(withoutSettlement(row)))
                : of(record, row);
    }

    /** An order's refunds and disputes are other objects, and not part of its own version. See {@link OrderSettlements}. */
    private static String withoutSettlement(String row) {
        var order = (ObjectNode) ROWS.readTree(row);
        order.remove(List.of("refunded_amount", "disputed"));
        return ROWS.writeValueAsString(order);
    }

    /**
     * With addresses of the object's pages at Stripe, which differ each time that the object is read: they are no part of the version,
     * and never published.
     *
     * @param links by column
     */
    static ProjectedRecord linked(BillingRecord record, Map<String, @Nullable String> links) {
        ObjectNode row = ROWS.valueToTree(record);
        links.forEach((column, address) -> row.put(column, address));
        return new ProjectedRecord(record, row.toString(), digest(ROWS.writeValueAsString(record)));
    }

    static ProjectedRecord customer(BillingRecord.Customer record, @Nullable String email, @Nullable String name) {
        ObjectNode row = ROWS.valueToTree(record);
        return of(record, row.put("email", email).put("name", name).toString());
    }

    private static ProjectedRecord of(BillingRecord record, String row) {
        return new ProjectedRecord(record, row, digest(row));
    }

    public String id() {
        return record.id();
    }

    /** Whether the row has an address of a page at Stripe. */
    public boolean isLinked() {
        return row.contains("_url\":\"");
    }

    /** Reads a row that has its {@code kind}. */
    public static BillingRecord record(String row) {
        return ROWS.readValue(row, BillingRecord.class);
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
