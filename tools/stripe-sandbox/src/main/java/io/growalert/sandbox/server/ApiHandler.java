package io.growalert.sandbox;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of each request: route, key, parameters, idempotency, faults, and then the work under the lock. */
final class Api {
    private static final Logger log = LoggerFactory.getLogger(Api.class);

    private final Store store;
    private final Events events;
    private final Routes routes;
    private final InstantSource clock;
    private final Runnable timePassed;
    private final Idempotency idempotency;
    private final List<Filter> filters = new CopyOnWriteArrayList<>();

    /**
     * @param timePassed run under the lock before the work of each request: what is due by now
     */
    Api(Store store, Events events, Routes routes, InstantSource clock, Runnable timePassed) {
        this.store = store;
        this.events = events;
        this.routes = routes;
        this.clock = clock;
        this.timePassed = timePassed;
        this.idempotency = new Idempotency(store);
    }

    /** Puts a filter around the work; the last one added is the innermost. Control addresses are never filtered. */
    void filter(Filter filter) {
        filters.add(filter);
    }

    Answer answer(Request request) {
        var requestId = "req_" + Ids.random(14);
        var answer = answer(request, requestId).with("Request-Id", requestId);
        var key = request.idempotencyKey();
        return key == null ? answer : answer.with("Idempotency-Key", key);
    }

    private Answer answer(Request request, String requestId) {
        try {
            var found = routes.find(request.method(), request.path());
            if (found == null) {
                throw ApiError.unknownAddress(request.method(), request.path());
            }
            var params = request.params();
            var publishable = Keys.check(found.route().access(), request, params);
            Routes.check(found.route(), params);
            var call = new Call(
                    request.method(),
                    request.path(),
                    found.variables(),
                    params,
                    request.body(),
                    requestId,
                    request.idempotencyKey(),
                    publishable);
            return found.route().access() == Routes.Access.ANYBODY
                    ? work(found.route(), call)
                    : once(found.route(), call);
        } catch (ApiError e) {
            return e.answer();
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("path", request.path())
                    .addKeyValue("requestId", requestId)
                    .setCause(e)
                    .log("A request failed; it is answered 500");
            return ApiError.internal().answer();
        }
    }

    private Answer once(Routes.Route route, Call call) {
        var key = call.method().equals("POST") ? call.idempotencyKey() : null;
        if (key == null) {
            return disturbed(route, call, null);
        }
        idempotency.enter(key);
        try {
            var before = store.locked(() -> idempotency.replay(key, call, now()));
            return before == null ? disturbed(route, call, key) : before;
        } finally {
            idempotency.leave(key);
        }
    }

    private Answer disturbed(Routes.Route route, Call call, @Nullable String key) {
        for (var filter : filters) {
            var instead = filter.before(call);
            if (instead != null) {
                return instead;
            }
        }
        return store.locked(() -> {
            var answer = work(route, call);
            for (var filter : filters.reversed()) {
                answer = filter.after(call, answer);
            }
            if (key != null) {
                idempotency.remember(key, call, answer, now());
            }
            return answer;
        });
    }

    private Answer work(Routes.Route route, Call call) {
        return store.locked(() -> {
            events.causedBy(null);
            timePassed.run();
            events.causedBy(call);
            try {
                return route.handler().apply(call);
            } catch (ApiError e) {
                return e.answer();
            } finally {
                events.causedBy(null);
            }
        });
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }
}
