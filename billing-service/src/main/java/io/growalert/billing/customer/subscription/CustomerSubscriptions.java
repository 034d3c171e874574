package io.growalert.billing.customer.subscription;

import static io.growalert.runtime.database.Columns.instant;
import static io.growalert.runtime.database.Columns.optionalInstant;

import io.growalert.billing.customer.idempotency.CustomerLock;
import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.idempotency.StripeWork;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeInvoices;
import io.growalert.billing.stripe.StripePlans;
import io.growalert.billing.stripe.StripeSubscriptions;
import io.growalert.billing.stripe.StripeSubscriptions.Item;
import io.growalert.billing.stripe.StripeSubscriptions.Shown;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** A customer's subscriptions: read from the records, canceled and resumed at Stripe. {@link NewSubscriptions} starts them. */
@Component
public final class CustomerSubscriptions {
    private final JdbcClient jdbc;
    private final IdempotentRequests requests;
    private final CustomerLock lock;
    private final StripeSubscriptions stripe;
    private final StripePlans plans;
    private final StripeInvoices invoices;

    CustomerSubscriptions(
            JdbcClient jdbc,
            IdempotentRequests requests,
            CustomerLock lock,
            StripeSubscriptions stripe,
            StripePlans plans,
            StripeInvoices invoices) {
        this.jdbc = jdbc;
        this.requests = requests;
        this.lock = lock;
        this.stripe = stripe;
        this.plans = plans;
        this.invoices = invoices;
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

    /** The most important one: one that runs, or else the newest. Read from Stripe while there is no record. */
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
                        optionalInstant(item, "period_start"),
                        optionalInstant(item, "period_end")))
                .list();
        return new Shown(
                row.getString("id"),
                row.getString("status"),
                row.getString("currency"),
                row.getBoolean("cancel_at_period_end"),
                optionalInstant(row, "cancel_at"),
                optionalInstant(row, "canceled_at"),
                optionalInstant(row, "ended_at"),
                optionalInstant(row, "trial_end"),
                instant(row, "created_at"),
                items);
    }

    /** The newest of those that run; without any, of those that wait for their first payment; else of those that ended. */
    public static Optional<Shown> mostImportant(List<Shown> all) {
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

    /** Cancels a subscription of the customer; one that has ended, or is scheduled to, remains unchanged. */
    private Shown cancel(String customer, String id, When when) {
        var subscription = own(customer, id);
        if (isCanceled(subscription, when)) {
            return subscription;
        }
        // without a first payment there is no period
        if (when == When.PERIOD_END && !subscription.status().equals("incomplete")) {
            return stripe.cancelAtPeriodEnd(subscription.id());
        }
        try {
            return subscription.runs()
                    ? cancelRunning(customer, subscription.id())
                    : stripe.cancelNow(subscription.id());
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid) {
                // it may have ended meanwhile
                var current = own(customer, subscription.id());
                if (current.ended()) {
                    return current;
                }
            }
            throw e;
        }
    }

    private static boolean isCanceled(Shown subscription, When when) {
        return subscription.ended() || (when == When.PERIOD_END && subscription.endsWithPeriod());
    }

    /** No change of the plan begins meanwhile, and one that waits for its payment is discarded, so that it cannot be paid afterwards. */
    private Shown cancelRunning(String customer, String id) {
        var locked = lock.take(customer);
        try {
            for (var subscribed : plans.of(customer)) {
                var invoice = subscribed.pending() == null ? null : subscribed.latestInvoice();
                if (subscribed.id().equals(id) && invoice != null && !invoices.discard(invoice)) {
                    throw BillingProblem.CHANGE_IN_PROGRESS.retryAfter(
                            Duration.ofSeconds(5), "a change of the plan is being paid");
                }
            }
            var _ = locked.renew();
            return stripe.cancelNow(id);
        } finally {
            locked.forget();
        }
    }

    /** Cancels once, so that a request that is sent again never cancels another subscription. */
    public Shown cancelOnce(RequestKey key, @Nullable String id, When when) {
        Function<Held, Shown> work = current -> cancel(key.customer(), chosen(current, key.customer(), id), when);
        return switch (requests.begin(key)) {
            case Held held -> once(held, work);
            case Answered answered ->
                isMeantAnew(answered, key, id, when)
                        ? once(answered.restart(), work)
                        : own(key.customer(), answered.object());
        };
    }

    private static Shown once(Held request, Function<Held, Shown> work) {
        try {
            var changed = StripeWork.run(request, work);
            request.complete(changed.id());
            return changed;
        } catch (ErrorResponseException e) {
            request.forget();
            throw e;
        }
    }

    /**
     * Without a client's key: the customer subscribed again since, without an id, and now means that subscription; or resumed the
     * canceled one since.
     */
    private boolean isMeantAnew(Answered answered, RequestKey key, @Nullable String id, When when) {
        if (!key.derived()) {
            return false;
        }
        boolean subscribedAgain =
                id == null && own(key.customer(), null).createdAt().isAfter(answered.since());
        return subscribedAgain || !isCanceled(own(key.customer(), answered.object()), when);
    }

    /**
     * Revokes the scheduled cancellation of a subscription, whether or not its price is still offered. One that continues remains
     * unchanged; none is started.
     *
     * @throws ErrorResponseException {@link BillingProblem#SUBSCRIPTION_ENDED} when it has ended, or waits for its first payment
     */
    public Shown resumeOnce(RequestKey key, String id) {
        return switch (requests.begin(key)) {
            case Held held -> once(held, _ -> resume(key.customer(), id));
            case Answered answered ->
                key.derived()
                        // it may have been canceled again since
                        ? once(answered.restart(), _ -> resume(key.customer(), id))
                        : own(key.customer(), answered.object());
        };
    }

    private Shown resume(String customer, String id) {
        var subscription = own(customer, id);
        requireRunning(subscription);
        if (!subscription.endsLater()) {
            return subscription;
        }
        try {
            var _ = stripe.resume(subscription);
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid) {
                // it may have ended meanwhile
                requireRunning(own(customer, id));
            }
            throw e;
        }
        return stripe.retrieve(id);
    }

    private static void requireRunning(Shown subscription) {
        if (!subscription.runs()) {
            throw BillingProblem.SUBSCRIPTION_ENDED.because(
                    "the subscription has ended, or waits for its first payment");
        }
    }

    /** Chosen once, and stored before it is canceled. */
    private String chosen(Held request, String customer, @Nullable String id) {
        var stored = request.object();
        if (stored != null) {
            return stored;
        }
        var subscription = own(customer, id).id();
        var _ = request.created(subscription);
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
        return BillingProblem.NO_SUBSCRIPTION.because("this customer has no such subscription");
    }
}
