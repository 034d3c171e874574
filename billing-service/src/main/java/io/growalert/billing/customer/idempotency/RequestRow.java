package io.growalert.billing.customer.idempotency;

import io.growalert.billing.stripe.StripeRequest;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code billing.requests}.
 *
 * @param generation of the idempotency keys sent to Stripe
 * @param object the id of the created object at Stripe; null: not known to exist
 * @param holder of the lease
 * @param resumed an earlier holder worked on it, and its outcome is unknown
 */
record RequestRow(
        UUID id,
        int generation,
        RequestStatus status,
        @Nullable String object,
        UUID holder,
        Instant since,
        boolean resumed) {
    /** The columns that {@link #read} expects, beside {@code resumed}. */
    static final String COLUMNS = "id, generation, state, object, holder, created_at";

    static RequestRow read(ResultSet row) throws SQLException {
        return new RequestRow(
                row.getObject("id", UUID.class),
                row.getInt("generation"),
                RequestStatus.of(row.getString("state")),
                row.getString("object"),
                row.getObject("holder", UUID.class),
                Columns.instant(row, "created_at"),
                row.getBoolean("resumed"));
    }

    StripeRequest atStripe() {
        return new StripeRequest(id.toString(), generation);
    }
}
