package io.growalert.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.github.bucket4j.Bucket;
import java.time.Duration;

/** Token buckets of requests, one for each network and kind of request. A bucket without requests for as long as it takes to fill is evicted. */
final class RateLimit {
    private static final int NETWORKS = 100_000;

    /** Above the bound, the networks with the fewest requests are evicted first. */
    private final Cache<Counted, Limited> buckets = Caffeine.newBuilder()
            .maximumSize(NETWORKS)
            .expireAfter(Expiry.<Counted, Limited>accessing((_, limited) -> limited.untilFull))
            .build();

    private record Counted(String kind, String network) {}

    private record Limited(Bucket bucket, Duration untilFull) {
        static Limited to(GatewaySettings.Rate rate) {
            var bucket = Bucket.builder()
                    .addLimit(limit -> limit.capacity(rate.requests()).refillGreedy(rate.requests(), rate.per()))
                    .build();
            return new Limited(bucket, rate.per());
        }
    }

    /**
     * Counts one more request.
     *
     * @param kind requests of each kind are counted separately
     * @param network see {@link Network#of}
     * @return whether it is within the rate
     */
    boolean allows(String kind, String network, GatewaySettings.Rate rate) {
        return buckets.get(new Counted(kind, network), _ -> Limited.to(rate))
                .bucket
                .tryConsume(1);
    }

    /** The number of buckets in memory. */
    long size() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
