package io.growalert.billing.customer.limit;

import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.CallBudget;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.HandlerMapping;

/**
 * The budget of calls to Stripe that customers cause: of each customer, or of a network before there is one, and of all together.
 * It is spent in one piece before the first call of a request, so that no payment is refused half-way; a request that needs no
 * call spends nothing. Counted in the database, as Stripe's limit is one for all instances, which a limiter in memory is not.
 */
@Component
public final class CustomerCallBudget implements CallBudget {
    private static final String SPENT = CustomerCallBudget.class.getName() + ".spent";
    private static final String ALL = "stripe-customers";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** For how long a request waits for its turn among all. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** How many calls a request makes, mostly. */
    private static final Map<String, Integer> CALLS =
            Map.of("/charge", 3, "/create-subscription", 3, "/cancel-subscription", 2);

    private final JdbcClient jdbc;
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
        this.jdbc = jdbc;
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
            return; // our own call, or its share was spent
        }
        // the pattern, as a path can be written in many ways
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
    public boolean isLook() {
        var request = current();
        return request != null && request.getMethod().equals("GET");
    }

    private static @Nullable HttpServletRequest current() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes servlet
                ? servlet.getRequest()
                : null;
    }

    /** Both or neither, and how long to wait. */
    private Duration reserve(HttpServletRequest request, int calls) {
        return Objects.requireNonNull(transaction.execute(status -> {
            try {
                if (sessions.senderOf(request) instanceof Sessions.Sender.Known(var customer, var _)) {
                    takeOfMinute("calls-of-customer " + customer, settings.stripeCallsPerCustomer(), calls);
                } else {
                    takeOfMinute(
                            "calls-from-address " + limits.addressOf(request), settings.stripeCallsPerAddress(), calls);
                }
                return take(ALL, gap, calls, PATIENCE);
            } catch (StripeFailure e) {
                status.setRollbackOnly();
                throw e;
            }
        }));
    }

    /** All of a minute's calls can come at once. */
    private void takeOfMinute(String name, int callsPerMinute, int calls) {
        var each = MINUTE.dividedBy(callsPerMinute);
        take(name, each, calls, MINUTE.minus(each));
    }

    // the generic cell rate algorithm: the bucket is kept as the time when it is empty again. A database's clock that
    // was set
    // back must not refuse for long.
    private static final String TAKE = """
            insert into billing.pace as p (name, next_at)
            values (:name, clock_timestamp() + :cost * interval '1 microsecond')
            on conflict (name) do update
            set next_at = case when p.next_at > clock_timestamp() + interval '1 day' then clock_timestamp()
                               else greatest(p.next_at, clock_timestamp()) end + :cost * interval '1 microsecond'
            where p.next_at <= clock_timestamp() + :room * interval '1 microsecond'
               or p.next_at > clock_timestamp() + interval '1 day'
            returning (extract(epoch from next_at - clock_timestamp()) * 1000000)::bigint - :cost
            """;

    private static final String FULL = """
            select (extract(epoch from next_at - clock_timestamp()) * 1000000)::bigint - :room
            from billing.pace where name = :name
            """;

    /**
     * @param room how far the calls of a bucket may be ahead of its pace
     * @return how far they are, before these
     */
    private Duration take(String name, Duration each, int calls, Duration room) {
        Optional<Long> ahead = jdbc.sql(TAKE)
                .param("name", name)
                .param("cost", micros(each.multipliedBy(calls)))
                .param("room", micros(room))
                .query(Long.class)
                .optional();
        if (ahead.isPresent()) {
            return Duration.ofNanos(Math.max(0, ahead.get()) * 1_000);
        }
        long wait = jdbc.sql(FULL)
                .param("name", name)
                .param("room", micros(room))
                .query(Long.class)
                .optional()
                .orElse(0L);
        throw StripeFailure.overBudget(Duration.ofNanos(Math.max(1, wait) * 1_000));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    /** Deletes full buckets of customers and networks, and says how many. */
    public int deleteOld(int batch) {
        return jdbc.sql("""
                        delete from billing.pace where name in (
                            select name from billing.pace
                            where name like 'calls-%' and next_at < clock_timestamp() limit :batch for update skip locked)
                        """).param("batch", batch).update();
    }
}
