package io.growalert.gateway;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.caffeine.Bucket4jCaffeine;
import io.github.bucket4j.caffeine.CaffeineProxyManager;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.server.mvc.filter.Bucket4jFilterFunctions;
import org.springframework.cloud.gateway.server.mvc.handler.GatewayServerResponse;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
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

    @Bean
    AsyncProxyManager<String> buckets() {
        return buckets.asAsync();
    }

    /** The gateway's filter asks for one of this name to make a bucket with: where it is needed, which takes no time. */
    @Bean
    TaskExecutor applicationTaskExecutor() {
        return new SyncTaskExecutor();
    }

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
        var buckets = Bucket4jFilterFunctions.rateLimit(
                settings.requests(), settings.per(), request -> route + " " + Network.of(request.servletRequest()));
        var wait = settings.rate().next();
        return (request, next) -> {
            var passed = new AtomicReference<@Nullable ServerResponse>();
            buckets.filter(request, allowed -> {
                var response = next.handle(allowed);
                passed.set(response);
                return GatewayServerResponse.ok().build();
            });
            var response = passed.get();
            if (response == null) {
                throw Refusal.retryAfter(Problem.TOO_MANY_REQUESTS, wait, null);
            }
            return response;
        };
    }
}
