package io.growalert.billing.customer.idempotency;

import io.growalert.billing.problem.BillingProblem;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.ErrorResponseException;

/** The transitions of {@link RequestState}, each one statement. A lease expires by the database's clock. */
final class RequestTransitions {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final JdbcClient jdbc;
    private final RequestLeases leases;

    RequestTransitions(JdbcClient jdbc, RequestLeases leases) {
        this.jdbc = jdbc;
        this.leases = leases;
    }

    /** @param row read by its holder, when it is open */
    RequestState state(RequestRow row) {
        return switch (row.status()) {
            case OPEN -> held(row);
            case DONE -> new RequestState.Done(row, this);
            case FAILED -> new RequestState.Failed(row, this);
        };
    }

    private RequestState.Held held(RequestRow row) {
        leases.hold(row.id(), row.holder());
        return new RequestState.Held(row, this);
    }

    static ErrorResponseException inFlight(Duration retryAfter) {
        return BillingProblem.REQUEST_IN_FLIGHT.retryAfter(retryAfter, "the same request is in progress");
    }

    private static final String RESTART = """
            update billing.requests
            set id = gen_random_uuid(), generation = 0, state = 'open', object = null, holder = :holder,
                lease_until = clock_timestamp() + :lease * interval '1 millisecond', created_at = clock_timestamp()
            where id = :id and state <> 'open'
            returning %s, false as resumed
            """.formatted(RequestRow.COLUMNS);

    RequestState.Held restart(RequestRow over) {
        return held(jdbc.sql(RESTART)
                .param("id", over.id())
                .param("holder", UUID.randomUUID())
                .param("lease", leases.millis())
                .query((row, n) -> RequestRow.read(row))
                .optional()
                .orElseThrow(() -> inFlight(SOON)));
    }

    private static final String RENEW = """
            update billing.requests
            set lease_until = clock_timestamp() + :lease * interval '1 millisecond',
                object = coalesce(object, :object), generation = generation + :generations
            where id = :id and holder = :holder and state = 'open' and lease_until > clock_timestamp()
            returning %s, true as resumed
            """.formatted(RequestRow.COLUMNS);

    RequestState.Held renew(RequestRow request, @Nullable String object, int generations) {
        var own = jdbc.sql(RENEW)
                .param("id", request.id())
                .param("holder", request.holder())
                .param("lease", leases.millis())
                .param("object", object)
                .param("generations", generations)
                .query((row, n) -> RequestRow.read(row))
                .optional();
        if (own.isEmpty()) {
            leases.release(request.holder());
        }
        return held(own.orElseThrow(() -> inFlight(SOON)));
    }

    private static final String TAKE_OVER = """
            update billing.requests
            set holder = :holder,
                lease_until = case state when 'open' then clock_timestamp() + :lease * interval '1 millisecond'
                                         else lease_until end
            where id = :id and object is not null and (state <> 'open' or lease_until <= clock_timestamp())
            returning %s, true as resumed
            """.formatted(RequestRow.COLUMNS);

    RequestState takeOver(UUID request) {
        return state(jdbc.sql(TAKE_OVER)
                .param("id", request)
                .param("holder", UUID.randomUUID())
                .param("lease", leases.millis())
                .query((row, n) -> RequestRow.read(row))
                .optional()
                .orElseThrow(() -> inFlight(Duration.ofSeconds(2))));
    }

    private static final String END = """
            update billing.requests set state = :state, object = :object, lease_until = clock_timestamp()
            where id = :id and holder = :holder
            """;

    void end(RequestRow request, RequestStatus status, String object) {
        leases.release(request.holder());
        jdbc.sql(END)
                .param("id", request.id())
                .param("holder", request.holder())
                .param("state", status.column())
                .param("object", object)
                .update();
    }

    private static final String COMPLETE_ALL = """
            update billing.requests as r set state = 'done', object = :object, lease_until = clock_timestamp()
            from billing.requests as own
            where own.id = :id and own.holder = :holder and r.customer = own.customer and r.endpoint = own.endpoint
              and (r.id = own.id or (r.object = :object and r.state = 'open'))
            """;

    void completeAll(RequestRow request, String object) {
        leases.release(request.holder());
        jdbc.sql(COMPLETE_ALL)
                .param("id", request.id())
                .param("holder", request.holder())
                .param("object", object)
                .update();
    }

    private static final String RELEASE = """
            update billing.requests set lease_until = clock_timestamp(), generation = generation + :generations
            where id = :id and holder = :holder and state = 'open'
            """;

    void release(RequestRow request, int generations) {
        leases.release(request.holder());
        jdbc.sql(RELEASE)
                .param("id", request.id())
                .param("holder", request.holder())
                .param("generations", generations)
                .update();
    }

    // after the lease expired the outcome of the last call is unknown: the next caller resumes the request
    private static final String FORGET = """
            delete from billing.requests
            where id = :id and holder = :holder and state = 'open' and lease_until > clock_timestamp()
            """;

    void forget(RequestRow request) {
        forget(FORGET, request);
    }

    // the row decides, not the state that the caller read: an attempt of its own may have stored an object or changed
    // the keys since
    private static final String FORGET_UNTOUCHED = FORGET + "and object is null and generation = 0";

    /** @return false when an object may have been created */
    boolean forgetUntouched(RequestRow request) {
        return forget(FORGET_UNTOUCHED, request) > 0;
    }

    private int forget(String sql, RequestRow request) {
        leases.release(request.holder());
        return jdbc.sql(sql)
                .param("id", request.id())
                .param("holder", request.holder())
                .update();
    }
}
