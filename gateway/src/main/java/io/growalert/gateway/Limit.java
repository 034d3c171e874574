package io.growalert.gateway;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.caffeine.Bucket4jCaffeine;
import io.github.bucket4j.caffeine.CaffeineProxyManager;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** How many requests of one address a route takes. Who has not been here for a while is forgotten, and so is who is one too many. */
class Limit {
    private static final int ADDRESSES = 100_000;

    /** Who comes seldom is forgotten first. */
    private final CaffeineProxyManager<String> buckets = Bucket4jCaffeine.<String>builderFor(
                    Caffeine.newBuilder().maximumSize(ADDRESSES))
            .expirationAfterWrite(
                    ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10)))
            .build();

    /**
     * Counts one more.
     *
     * @param what is counted for each address on its own
     * @return whether it is not too much
     */
    boolean takes(String what, HttpServletRequest request, GatewaySettings.Rate rate) {
        return buckets.builder()
                .build(what + " " + Network.of(request), () -> BucketConfiguration.builder()
                        .addLimit(limit -> limit.capacity(rate.requests()).refillGreedy(rate.requests(), rate.per()))
                        .build())
                .tryConsume(1);
    }

    /** How many are remembered. */
    long size() {
        buckets.getCache().cleanUp();
        return buckets.getCache().estimatedSize();
    }

    /**
     * Refuses what is too much of one address.
     *
     * @param route requests are counted for each route and address on their own
     */
    HandlerFilterFunction<ServerResponse, ServerResponse> filter(String route, GatewaySettings.Route settings) {
        var rate = settings.rate();
        return (request, next) -> {
            if (!takes(route, request.servletRequest(), rate)) {
                throw Refusal.retryAfter(Problem.TOO_MANY_REQUESTS, rate.next(), null);
            }
            return next.handle(request);
        };
    }
}
