package io.growalert.billing.customer.idempotency;

import io.growalert.billing.problem.BillingProblem;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Requests that must not be executed twice, {@code billing.requests}. The holder of a request has a lease, which
 * {@link RequestLeases} renews; the next caller after its expiry resumes the request, with the same keys to Stripe.
 */
@Component
public final class IdempotentRequests {
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final RequestLeases leases;
    private final RequestTransitions transitions;

    public IdempotentRequests(JdbcClient jdbc, TransactionOperations transaction, RequestLeases leases) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.leases = leases;
        transitions = new RequestTransitions(jdbc, leases);
    }

    // an operator repeats a refund with an unknown outcome whenever, and it must find what was refunded
    private static final String OLD =
            "lease_until < clock_timestamp() - interval '24 hours' and not (endpoint = 'refund' and state = 'open')";

    private static final String FORGET_OLD = """
            delete from billing.requests
            where customer = :customer and endpoint = :endpoint and key = :key and %s
            """.formatted(OLD);

    private static final String CLAIM = """
            insert into billing.requests as r (customer, endpoint, key, body, holder, lease_until)
            values (:customer, :endpoint, :key, :body, :holder, clock_timestamp() + :lease * interval '1 millisecond')
            on conflict (customer, endpoint, key) do update
            set holder = excluded.holder, lease_until = excluded.lease_until
            where r.state = 'open' and r.lease_until < clock_timestamp() and r.body = excluded.body
            returning %s, (xmax <> 0) as resumed
            """.formatted(RequestRow.COLUMNS);

    private static final String FIND = """
            select %s, true as resumed, body,
                   greatest(0, extract(epoch from lease_until - clock_timestamp()) * 1000)::bigint as millis_left
            from billing.requests
            where customer = :customer and endpoint = :endpoint and key = :key
            """.formatted(RequestRow.COLUMNS);

    private record Found(RequestRow request, String body, Duration left) {}

    /**
     * Begins or resumes the request, or finds its outcome. Refused while another caller works on it, and when the key came with
     * another request before.
     */
    public RequestState begin(RequestKey key) {
        var holder = UUID.randomUUID();
        return transitions.state(Objects.requireNonNull(transaction.execute(status -> {
            bound(FORGET_OLD, key).update();
            var claimed = bound(CLAIM, key)
                    .param("body", key.body())
                    .param("holder", holder)
                    .param("lease", leases.millis())
                    .query((row, n) -> RequestRow.read(row))
                    .optional();
            return claimed.orElseGet(() -> answered(key));
        })));
    }

    private RequestRow answered(RequestKey key) {
        var found = bound(FIND, key)
                .query((row, n) -> new Found(
                        RequestRow.read(row), row.getString("body"), Duration.ofMillis(row.getLong("millis_left"))))
                .optional()
                .orElseThrow(() -> RequestTransitions.inFlight(Duration.ofSeconds(1)));
        if (!found.body().equals(key.body())) {
            throw BillingProblem.IDEMPOTENCY_KEY_REUSED.because("the Idempotency-Key came with another request before");
        }
        if (found.request().status() == RequestStatus.OPEN) {
            // mostly answered in a moment; the whole lease only matters after a crash of its holder
            throw RequestTransitions.inFlight(
                    Duration.ofSeconds(Math.clamp(found.left().toSeconds(), 1, 2)));
        }
        return found.request();
    }

    private JdbcClient.StatementSpec bound(String sql, RequestKey key) {
        return jdbc.sql(sql)
                .param("customer", key.customer())
                .param("endpoint", key.endpoint())
                .param("key", key.key());
    }

    private static final String UNSETTLED = """
            select other.id from billing.requests own
            join billing.requests other on other.customer = own.customer and other.endpoint = own.endpoint
                and other.id <> own.id and other.state <> 'failed'
                and (other.object is not null or other.lease_until > clock_timestamp())
                and (other.state = 'done' or other.lease_until <= clock_timestamp()
                    or (other.created_at, other.id) < (own.created_at, own.id))
            where own.id = :id
              and not exists (select from billing.payments
                              where payments.id = other.object
                                and (status = 'canceled' or (status = 'succeeded' and other.state = 'done')))
            order by other.created_at
            """;

    /**
     * The customer's earlier requests whose payment is not known to be settled; of those in progress, the ones begun before. A payment
     * that an event has recorded as succeeded is not settled while its request is open: no client has got the outcome.
     */
    public List<EarlierRequest> unsettled(RequestState.Held request) {
        return jdbc.sql(UNSETTLED)
                .param("id", request.id())
                .query((row, n) -> new EarlierRequest(row.getObject("id", UUID.class), transitions))
                .list();
    }

    private static final String DELETE_OLD = """
            delete from billing.requests where id in (
                select id from billing.requests
                where %s
                order by lease_until limit :batch for update skip locked)
            """.formatted(OLD);

    /** Deletes requests past their retention of 24 hours, but no refund whose outcome is unknown, and returns how many. */
    public int deleteOld(int batch) {
        return jdbc.sql(DELETE_OLD).param("batch", batch).update();
    }
}
