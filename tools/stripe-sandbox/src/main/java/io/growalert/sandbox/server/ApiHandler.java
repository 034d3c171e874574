package io.growalert.sandbox.server;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiRequest;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.CallFilter;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles each request: route, key, parameters, idempotency, faults, and then the work under the lock. */
public final class ApiHandler {
    private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);

    private final Store store;
    private final EventLog events;
    private final ApiRoutes routes;
    private final ApiKeys keys;
    private final InstantSource clock;
    private final Runnable timePassed;
    private final Idempotency idempotency;
    private final List<CallFilter> filters = new CopyOnWriteArrayList<>();

    /**
     * @param timePassed run under the lock before the work of each request: what is due by now
     */
    public ApiHandler(
            Store store, EventLog events, ApiRoutes routes, ApiKeys keys, InstantSource clock, Runnable timePassed) {
        this.store = store;
        this.events = events;
        this.routes = routes;
        this.keys = keys;
        this.clock = clock;
        this.timePassed = timePassed;
        this.idempotency = new Idempotency(store);
    }

    /** Puts a filter around the work; the last one added is the innermost. Control addresses are never filtered. */
    public void filter(CallFilter filter) {
        filters.add(filter);
    }

    public ApiResponse answer(ApiRequest request) {
        var requestId = "req_" + ObjectIds.random(14);
        var answer = answer(request, requestId).with("Request-Id", requestId);
        var key = request.idempotencyKey();
        return key == null ? answer : answer.with("Idempotency-Key", key);
    }

    private ApiResponse answer(ApiRequest request, String requestId) {
        try {
            var found = routes.find(request.method(), request.path());
            if (found == null) {
                throw ApiError.unknownAddress(request.method(), request.path());
            }
            var params = request.params();
            var caller = keys.check(found.route().access(), request, params);
            ApiRoutes.check(found.route(), params);
            var call = new ApiCall(
                    request.method(),
                    request.path(),
                    found.variables(),
                    params,
                    request.body(),
                    requestId,
                    request.idempotencyKey(),
                    caller instanceof ApiKeys.Caller.Browser);
            keys.checkRights(caller, call);
            return found.route().access() == ApiRoutes.Access.ANYBODY
                    ? work(found.route(), call)
                    : once(found.route(), call);
        } catch (ApiError e) {
            return e.answer();
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("path", request.path())
                    .addKeyValue("requestId", requestId)
                    .setCause(e)
                    .log("Request failed with an internal error; responding with 500");
            return ApiError.internal().answer();
        }
    }

    private ApiResponse once(ApiRoutes.Route route, ApiCall call) {
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

    private ApiResponse disturbed(ApiRoutes.Route route, ApiCall call, @Nullable String key) {
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

    private ApiResponse work(ApiRoutes.Route route, ApiCall call) {
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
