package io.growalert.gateway;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.caffeine.Bucket4jCaffeine;
import io.github.bucket4j.caffeine.CaffeineProxyManager;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import java.time.Duration;

/** Token buckets of requests, one for each network and kind of request. A full bucket is evicted. */
final class RateLimit {
    private static final int NETWORKS = 100_000;

    /** Above the bound, the networks with the fewest requests are evicted first. */
    private final CaffeineProxyManager<String> buckets = Bucket4jCaffeine.<String>builderFor(
                    Caffeine.newBuilder().maximumSize(NETWORKS))
            .expirationAfterWrite(
                    ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10)))
            .build();

    /**
     * Counts one more request.
     *
     * @param kind requests of each kind are counted separately
     * @param network see {@link Network#of}
     * @return whether it is within the rate
     */
    boolean allows(String kind, String network, GatewaySettings.Rate rate) {
        return buckets.builder()
                .build(kind + " " + network, () -> BucketConfiguration.builder()
                        .addLimit(limit -> limit.capacity(rate.requests()).refillGreedy(rate.requests(), rate.per()))
                        .build())
                .tryConsume(1);
    }

    /** The number of buckets in memory. */
    long size() {
        buckets.getCache().cleanUp();
        return buckets.getCache().estimatedSize();
    }
}
