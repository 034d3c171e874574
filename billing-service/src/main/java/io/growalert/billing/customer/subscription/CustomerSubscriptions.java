package io.growalert.billing.customer.subscription;

import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.Requests;
import io.growalert.billing.customer.idempotency.Requests.Request;
import io.growalert.billing.customer.idempotency.Requests.State;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.problem.Problem;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeSubscriptions;
import io.growalert.billing.stripe.StripeSubscriptions.Item;
import io.growalert.billing.stripe.StripeSubscriptions.Shown;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** A customer's subscriptions: shown from our records, canceled at Stripe. How one is started: {@link NewSubscriptions}. */
@Component
public final class CustomerSubscriptions {
    private final JdbcClient jdbc;
    private final Requests requests;
    private final StripeWork once;
    private final StripeSubscriptions stripe;

    CustomerSubscriptions(JdbcClient jdbc, Requests requests, StripeWork once, StripeSubscriptions stripe) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.once = once;
        this.stripe = stripe;
    }

    public enum When {
        PERIOD_END,
        NOW
    }

    private static final String NEWEST = """
            select id, status, currency, cancel_at_period_end, cancel_at, canceled_at, ended_at, trial_end, created_at
            from billing.subscriptions
            where customer = :customer
            order by case when status in ('canceled', 'incomplete_expired') then 2 when status = 'incomplete' then 1 else 0 end,
                     created_at desc, id
            limit 1
            """;

    private static final String ITEMS = """
            select price, product, quantity, unit_amount, period_start, period_end
            from billing.subscription_items where subscription = :subscription order by id
            """;

    /** The one that matters most: one that runs, or else the newest. Asked of Stripe while we have no record. */
    public Optional<Shown> of(String customer) {
        var recorded = jdbc.sql(NEWEST)
                .param("customer", customer)
                .query((row, n) -> shown(row))
                .optional();
        return recorded.or(() -> mostImportant(stripe.shown(customer)));
    }

    private Shown shown(ResultSet row) throws SQLException {
        var items = jdbc.sql(ITEMS)
                .param("subscription", row.getString("id"))
                .query((item, n) -> new Item(
                        item.getString("price"),
                        item.getString("product"),
                        item.getObject("quantity", Long.class),
                        item.getObject("unit_amount", Long.class),
                        instant(item, "period_start"),
                        instant(item, "period_end")))
                .list();
        return new Shown(
                row.getString("id"),
                row.getString("status"),
                row.getString("currency"),
                row.getBoolean("cancel_at_period_end"),
                instant(row, "cancel_at"),
                instant(row, "canceled_at"),
                instant(row, "ended_at"),
                instant(row, "trial_end"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                items);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    /** Of those that have not ended before those that have, of those that run before those that do not, the newest. */
    static Optional<Shown> mostImportant(List<Shown> all) {
        return all.stream()
                .min(Comparator.comparingInt(CustomerSubscriptions::stage)
                        .thenComparing(Shown::createdAt, Comparator.reverseOrder()));
    }

    private static int stage(Shown subscription) {
        if (subscription.ended()) {
            return 2;
        }
        return subscription.runs() ? 0 : 1;
    }

    /**
     * Ends a subscription of the customer; one that has ended, or is going to, stays as it is.
     */
    private Shown cancel(String customer, String id, When when) {
        var subscription = own(customer, id);
        boolean done = subscription.ended() || (when == When.PERIOD_END && subscription.endsWithPeriod());
        if (done) {
            return subscription;
        }
        // what was never paid for has no period whose end could be waited for
        if (when == When.PERIOD_END && !subscription.status().equals("incomplete")) {
            return stripe.cancelAtPeriodEnd(subscription.id());
        }
        try {
            return stripe.cancelNow(subscription.id());
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid) {
                // perhaps it ended meanwhile
                var current = own(customer, subscription.id());
                if (current.ended()) {
                    return current;
                }
            }
            throw e;
        }
    }

    /** The same once, so that a request that is sent again never ends another subscription. */
    public Shown cancelOnce(RequestKey ask, @Nullable String id, When when) {
        var begun = requests.begin(ask);
        if (begun.state() != State.OPEN && !isAboutALater(begun, ask, id)) {
            return own(ask.customer(), begun.made());
        }
        var request = begun.state() == State.OPEN ? begun : requests.restart(begun);
        try {
            var canceled = once.doing(request, current -> cancel(ask.customer(), chosen(current, ask, id), when));
            requests.end(request, State.DONE, canceled.id());
            return canceled;
        } catch (ErrorResponseException e) {
            requests.forget(request);
            throw e;
        }
    }

    /** Without a key of the client's, and without an id: it subscribed again since, and now means that one. */
    private boolean isAboutALater(Request done, RequestKey ask, @Nullable String id) {
        return ask.derived()
                && id == null
                && own(ask.customer(), null).createdAt().isAfter(done.since());
    }

    /** Chosen once, and kept before anything is done with it. */
    private String chosen(Request request, RequestKey ask, @Nullable String id) {
        var kept = request.object();
        if (kept != null) {
            return kept;
        }
        var subscription = own(ask.customer(), id).id();
        requests.made(request, subscription);
        return subscription;
    }

    private Shown own(String customer, @Nullable String id) {
        var all = stripe.shown(customer);
        var own = id == null
                ? mostImportant(all)
                : all.stream()
                        .filter(subscription -> subscription.id().equals(id))
                        .findFirst();
        return own.orElseThrow(CustomerSubscriptions::none);
    }

    public static RuntimeException none() {
        return Problem.NO_SUBSCRIPTION.because("this customer has no such subscription");
    }
}
