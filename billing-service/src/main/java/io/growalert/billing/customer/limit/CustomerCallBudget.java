package io.growalert.billing.customer.limit;

import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.CallBuckets;
import io.growalert.billing.stripe.CallBudget;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.HandlerMapping;

/**
 * The budget of calls to Stripe that customers cause: of each customer, or of a network before there is one, and of all together.
 * A request spends all of its share before its first call, so that no payment is refused half-way; a request that needs no call
 * spends nothing. Counted in the database, since Stripe's limit applies to all instances together, which a limiter in memory cannot.
 */
@Component
public final class CustomerCallBudget implements CallBudget {
    private static final String SPENT = CustomerCallBudget.class.getName() + ".spent";
    private static final String PER_CLIENT = "calls-";
    private static final String ALL = "stripe-customers";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** How long a request waits for its turn. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** The usual number of calls of a request. */
    private static final Map<String, Integer> CALLS = Map.of(
            "/charge", 3,
            "/create-subscription", 3,
            "/cancel-subscription", 2,
            "/account", 4,
            "/subscription/preview", 2,
            "/subscription/change", 4,
            "/subscription/resume", 3,
            "/payment-method", 3,
            "/invoices/{id}/pay", 5);

    private final CallBuckets buckets;
    private final TransactionOperations transaction;
    private final Sessions sessions;
    private final AttemptLimits limits;
    private final CustomerSettings.CustomerLimits settings;
    private final Duration gap;

    public CustomerCallBudget(
            JdbcClient jdbc,
            TransactionOperations transaction,
            Sessions sessions,
            AttemptLimits limits,
            CustomerSettings settings,
            StripeSettings stripe) {
        buckets = new CallBuckets(jdbc);
        this.transaction = transaction;
        this.sessions = sessions;
        this.limits = limits;
        this.settings = settings.limits();
        gap = Duration.ofSeconds(1).dividedBy(stripe.customerRate());
    }

    @Override
    public void spend() {
        var request = current();
        if (request == null || request.getAttribute(SPENT) != null) {
            return; // a background call, or the request spent its share before
        }
        // the pattern, since a path has many spellings
        var endpoint = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        int calls = endpoint instanceof String path ? CALLS.getOrDefault(path, 1) : 1;
        var turn = reserve(request, calls);
        request.setAttribute(SPENT, true);
        try {
            Thread.sleep(turn);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StripeFailure.overBudget(PATIENCE);
        }
    }

    @Override
    public boolean isRead() {
        var request = current();
        return request != null && request.getMethod().equals("GET");
    }

    private static @Nullable HttpServletRequest current() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes servlet
                ? servlet.getRequest()
                : null;
    }

    /** Spends both budgets or neither, and returns how long to wait. */
    private Duration reserve(HttpServletRequest request, int calls) {
        return Objects.requireNonNull(transaction.execute(status -> {
            try {
                if (sessions.senderOf(request) instanceof Sessions.Sender.Known(var customer, var _)) {
                    takeOfMinute(PER_CLIENT + "of-customer " + customer, settings.stripeCallsPerCustomer(), calls);
                } else {
                    takeOfMinute(
                            PER_CLIENT + "from-address " + limits.addressOf(request),
                            settings.stripeCallsPerAddress(),
                            calls);
                }
                return buckets.take(ALL, gap, calls, PATIENCE);
            } catch (StripeFailure e) {
                status.setRollbackOnly();
                throw e;
            }
        }));
    }

    /** A burst of a whole minute's calls is allowed. */
    private void takeOfMinute(String name, int callsPerMinute, int calls) {
        var each = MINUTE.dividedBy(callsPerMinute);
        var _ = buckets.take(name, each, calls, MINUTE.minus(each));
    }

    /** Deletes full buckets of customers and networks, and returns how many. */
    public int deleteOld(int batch) {
        return buckets.deleteFull(PER_CLIENT, batch);
    }
}
