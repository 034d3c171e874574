package io.growalert.billing.customer.idempotency;

import io.growalert.billing.problem.Problem;
import io.growalert.billing.stripe.StripeRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Requests that must not be done twice. One is worked on under a lease by the database's clock, which {@link RequestLeases} renews; who
 * finds the lease expired resumes the request, with the same keys to Stripe.
 */
@Component
public final class Requests {
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final RequestLeases leases;

    public Requests(JdbcClient jdbc, TransactionOperations transaction, RequestLeases leases) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.leases = leases;
    }

    /**
     * @param object the id of what was made, as far as it is known
     * @param resumed somebody worked on it before, and what came of it is not known
     */
    public record Request(
            UUID id,
            int generation,
            State state,
            @Nullable String object,
            UUID holder,
            Instant since,
            boolean resumed) {
        public StripeRequest atStripe() {
            return new StripeRequest(id.toString(), generation);
        }

        /** Of one that is not open. */
        public String made() {
            return Objects.requireNonNull(object);
        }
    }

    public enum State {
        OPEN,
        DONE,
        FAILED
    }

    private static final String FORGET_OLD = """
            delete from billing.requests
            where customer = :customer and endpoint = :endpoint and key = :key
              and lease_until < clock_timestamp() - interval '24 hours'
            """;

    private static final String TAKE = """
            insert into billing.requests as r (customer, endpoint, key, body, holder, lease_until)
            values (:customer, :endpoint, :key, :body, :holder, clock_timestamp() + :lease * interval '1 millisecond')
            on conflict (customer, endpoint, key) do update
            set holder = excluded.holder, lease_until = excluded.lease_until
            where r.state = 'open' and r.lease_until < clock_timestamp() and r.body = excluded.body
            returning id, generation, state, object, holder, created_at, (xmax <> 0) as resumed
            """;

    private static final String FIND = """
            select id, generation, state, object, holder, created_at, true as resumed, body,
                   greatest(0, extract(epoch from lease_until - clock_timestamp()) * 1000)::bigint as millis_left
            from billing.requests
            where customer = :customer and endpoint = :endpoint and key = :key
            """;

    private record Found(Request request, String body, Duration left) {}

    /**
     * The request, open and this caller's to work on, or over. Refused when another works on it, or when the key came with
     * something else before.
     */
    public Request begin(RequestKey ask) {
        var holder = UUID.randomUUID();
        return held(Objects.requireNonNull(transaction.execute(status -> {
            bound(FORGET_OLD, ask).update();
            var taken = bound(TAKE, ask)
                    .param("body", ask.body())
                    .param("holder", holder)
                    .param("lease", leases.millis())
                    .query((row, n) -> request(row))
                    .optional();
            return taken.orElseGet(() -> over(ask));
        })));
    }

    private Request held(Request request) {
        if (request.state() == State.OPEN) {
            leases.hold(request.id(), request.holder());
        }
        return request;
    }

    private Request over(RequestKey ask) {
        var found = bound(FIND, ask)
                .query((row, n) ->
                        new Found(request(row), row.getString("body"), Duration.ofMillis(row.getLong("millis_left"))))
                .optional()
                .orElseThrow(() -> inFlight(Duration.ofSeconds(1)));
        if (!found.body().equals(ask.body())) {
            throw Problem.IDEMPOTENCY_KEY_REUSED.because("the Idempotency-Key came with another request before");
        }
        if (found.request().state() == State.OPEN) {
            // mostly done in a moment; the lease is for the case that its holder died
            throw inFlight(Duration.ofSeconds(Math.clamp(found.left().toSeconds(), 1, 2)));
        }
        return found.request();
    }

    private static RuntimeException inFlight(Duration wait) {
        return Problem.REQUEST_IN_FLIGHT.retryAfter(wait, "the same request is in progress");
    }

    private JdbcClient.StatementSpec bound(String sql, RequestKey ask) {
        return jdbc.sql(sql)
                .param("customer", ask.customer())
                .param("endpoint", ask.endpoint())
                .param("key", ask.key());
    }

    private static final String RESTART = """
            update billing.requests
            set id = gen_random_uuid(), generation = 0, state = 'open', object = null, holder = :holder,
                lease_until = clock_timestamp() + :lease * interval '1 millisecond', created_at = clock_timestamp()
            where id = :id and state <> 'open'
            returning id, generation, state, object, holder, created_at, false as resumed
            """;

    /** A new request in the place of one that is over; refused when another was faster. */
    public Request restart(Request over) {
        return held(jdbc.sql(RESTART)
                .param("id", over.id())
                .param("holder", UUID.randomUUID())
                .param("lease", leases.millis())
                .query((row, n) -> request(row))
                .optional()
                .orElseThrow(() -> inFlight(Duration.ofSeconds(1))));
    }

    private static final String HOLD = """
            update billing.requests
            set lease_until = clock_timestamp() + :lease * interval '1 millisecond',
                object = coalesce(object, :object), generation = generation + :generations
            where id = :id and holder = :holder and state = 'open' and lease_until > clock_timestamp()
            returning id, generation, state, object, holder, created_at, true as resumed
            """;

    /**
     * Keeps it for another call to Stripe. Refused when the lease expired, even if no other took it: meanwhile another request of
     * the customer may have passed this one, which a retry finds out.
     */
    public Request hold(Request request) {
        return hold(request, null, 0);
    }

    /** Keeps the id of what was made, before anything is done with it; refused when another has the request. */
    public Request made(Request request, String object) {
        return hold(request, object, 0);
    }

    /** Goes on with other keys to Stripe. */
    public Request next(Request request) {
        return hold(request, null, 1);
    }

    private Request hold(Request request, @Nullable String object, int generations) {
        var own = jdbc.sql(HOLD)
                .param("id", request.id())
                .param("holder", request.holder())
                .param("lease", leases.millis())
                .param("object", object)
                .param("generations", generations)
                .query((row, n) -> request(row))
                .optional();
        if (own.isEmpty()) {
            leases.release(request.holder());
        }
        return held(own.orElseThrow(() -> inFlight(Duration.ofSeconds(1))));
    }

    /** An earlier request of the same customer to the same endpoint. */
    public record Earlier(UUID id, State state) {}

    private static final String UNSETTLED = """
            select other.id, other.state from billing.requests own
            join billing.requests other on other.customer = own.customer and other.endpoint = own.endpoint
                and other.id <> own.id and other.state <> 'failed'
                and (other.object is not null or other.lease_until > clock_timestamp())
                and (other.state = 'done' or other.lease_until <= clock_timestamp()
                    or (other.created_at, other.id) < (own.created_at, own.id))
            where own.id = :id
              and not exists (select from billing.payments
                              where payments.id = other.object and status in ('succeeded', 'canceled'))
            order by other.created_at
            """;

    /** Those of which it is not known that they came to their end; of those that are worked on, the ones begun before. */
    public List<Earlier> unsettled(Request request) {
        return jdbc.sql(UNSETTLED)
                .param("id", request.id())
                .query((row, n) -> new Earlier(row.getObject("id", UUID.class), stateOf(row)))
                .list();
    }

    private static final String TAKE_OVER = """
            update billing.requests
            set holder = :holder,
                lease_until = case state when 'open' then clock_timestamp() + :lease * interval '1 millisecond'
                                         else lease_until end
            where id = :id and object is not null and (state <> 'open' or lease_until <= clock_timestamp())
            returning id, generation, state, object, holder, created_at, true as resumed
            """;

    /** An earlier one, to be brought to its end; refused while another works on it. */
    public Request takeOver(Earlier earlier) {
        return held(jdbc.sql(TAKE_OVER)
                .param("id", earlier.id())
                .param("holder", UUID.randomUUID())
                .param("lease", leases.millis())
                .query((row, n) -> request(row))
                .optional()
                .orElseThrow(() -> inFlight(Duration.ofSeconds(2))));
    }

    private static final String END = """
            update billing.requests set state = :state, object = :object, lease_until = clock_timestamp()
            where id = :id and holder = :holder
            """;

    /** It is known what came of it. When another has the request meanwhile, he will know it too. */
    public void end(Request request, State state, String object) {
        leases.release(request.holder());
        jdbc.sql(END)
                .param("id", request.id())
                .param("holder", request.holder())
                .param("state", state.name().toLowerCase(Locale.ROOT))
                .param("object", object)
                .update();
    }

    private static final String RELEASE = """
            update billing.requests set lease_until = clock_timestamp(), generation = generation + :generations
            where id = :id and holder = :holder and state = 'open'
            """;

    /** It is not known what came of it; whoever asks again goes on at once. */
    public void release(Request request, boolean otherKeys) {
        leases.release(request.holder());
        jdbc.sql(RELEASE)
                .param("id", request.id())
                .param("holder", request.holder())
                .param("generations", otherKeys ? 1 : 0)
                .update();
    }

    /** Nothing came of it, and nothing will. */
    public void forget(Request request) {
        leases.release(request.holder());
        jdbc.sql("delete from billing.requests where id = :id and holder = :holder and state = 'open'")
                .param("id", request.id())
                .param("holder", request.holder())
                .update();
    }

    private static final String DELETE_OLD = """
            delete from billing.requests where id in (
                select id from billing.requests
                where lease_until < clock_timestamp() - interval '24 hours'
                order by lease_until limit :batch for update skip locked)
            """;

    /** Deletes requests that nobody can repeat any more, and says how many. */
    public int deleteOld(int batch) {
        return jdbc.sql(DELETE_OLD).param("batch", batch).update();
    }

    private static Request request(ResultSet row) throws SQLException {
        return new Request(
                row.getObject("id", UUID.class),
                row.getInt("generation"),
                stateOf(row),
                row.getString("object"),
                row.getObject("holder", UUID.class),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("resumed"));
    }

    private static State stateOf(ResultSet row) throws SQLException {
        return State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    }
}
