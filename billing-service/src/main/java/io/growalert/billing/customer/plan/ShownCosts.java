package io.growalert.billing.customer.plan;

import io.growalert.billing.stripe.StripePlans.Subscribed;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What customers were shown that a change of the plan costs, {@code billing.plan_previews}. */
@Component
public final class ShownCosts {
    private final JdbcClient jdbc;

    public ShownCosts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param amount in the currency's smallest unit */
    record ShownCost(String currency, long amount) {}

    /** A change from the subscription's present price to another one, at a time. */
    record PlannedChange(String customer, Subscribed subscribed, String price, Instant at) {}

    private static final String STORE = """
            insert into billing.plan_previews (customer, price, proration_at, subscription, previous_price, currency, amount)
            values (:customer, :price, :at, :subscription, :previous, :currency, :amount)
            on conflict (customer, price, proration_at) do update
            set subscription = excluded.subscription, previous_price = excluded.previous_price,
                currency = excluded.currency, amount = excluded.amount
            """;

    void store(PlannedChange change, ShownCost cost) {
        bound(STORE, change)
                .param("currency", cost.currency())
                .param("amount", cost.amount())
                .update();
    }

    private static final String FIND = """
            select currency, amount from billing.plan_previews
            where customer = :customer and price = :price and proration_at = :at
              and subscription = :subscription and previous_price = :previous
            """;

    Optional<ShownCost> find(PlannedChange change) {
        return bound(FIND, change)
                .query((row, n) -> new ShownCost(row.getString("currency"), row.getLong("amount")))
                .optional();
    }

    private static final String LATEST = """
            select currency, amount from billing.plan_previews
            where customer = :customer and price = :price and proration_at = :at
            """;

    /** What the customer was shown, whatever the plan is by now; empty once the outcome of a change is known. */
    Optional<ShownCost> latest(String customer, String price, Instant at) {
        return jdbc.sql(LATEST)
                .param("customer", customer)
                .param("price", price)
                .param("at", Columns.time(at))
                .query((row, n) -> new ShownCost(row.getString("currency"), row.getLong("amount")))
                .optional();
    }

    /** A change was made: what the customer was shown before does not count any more. */
    void forget(String customer) {
        jdbc.sql("delete from billing.plan_previews where customer = :customer")
                .param("customer", customer)
                .update();
    }

    private JdbcClient.StatementSpec bound(String sql, PlannedChange change) {
        return jdbc.sql(sql)
                .param("customer", change.customer())
                .param("price", change.price())
                .param("at", Columns.time(change.at()))
                .param("subscription", change.subscribed().id())
                .param("previous", change.subscribed().price());
    }

    private static final String DELETE_OLD = """
            delete from billing.plan_previews where (customer, price, proration_at) in (
                select customer, price, proration_at from billing.plan_previews
                where proration_at < clock_timestamp() - interval '1 day'
                order by proration_at limit :batch for update skip locked)
            """;

    /** Deletes previews past their retention of a day, and returns how many. */
    public int deleteOld(int batch) {
        return jdbc.sql(DELETE_OLD).param("batch", batch).update();
    }
}
