package io.growalert.billing.stripe;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How fast requests may leave that no customer waits for, of all instances together: a token bucket that holds one token, kept as
 * the time of the next one (the generic cell rate algorithm).
 */
public final class Pace {
    private static final String NAME = "stripe";

    private final JdbcClient jdbc;
    private final int perSecond;

    /** @param perSecond how many requests may leave in a second, 1 to 1,000 */
    public Pace(JdbcClient jdbc, int perSecond) {
        this.jdbc = jdbc;
        this.perSecond = perSecond;
    }

    // A little more than a second, since requests do not take equally long to arrive. And a clock that was set back
    // must not
    // stop them.
    private static final String RESERVE = """
            insert into billing.pace as p (name, next_at)
            values (:name, clock_timestamp() + interval '1050 milliseconds' / :perSecond)
            on conflict (name) do update
            set next_at = greatest(least(p.next_at, clock_timestamp() + interval '1 minute'), clock_timestamp()) + interval '1050 milliseconds' / :perSecond
            returning ceil(extract(epoch from next_at - interval '1050 milliseconds' / :perSecond - clock_timestamp()) * 1000)
            """;

    /** Takes the next turn, and says how long it is until then. It is ours, used or not. */
    public Duration reserve() {
        long millis = jdbc.sql(RESERVE)
                .param("name", NAME)
                .param("perSecond", perSecond)
                .query(Long.class)
                .single();
        return Duration.ofMillis(Math.max(0, millis));
    }

    /** Returns when a request may leave. Not within a transaction, which would hold back all others. */
    public void await() throws InterruptedException {
        Thread.sleep(reserve());
    }
}
