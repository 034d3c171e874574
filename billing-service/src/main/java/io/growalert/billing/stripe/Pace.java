package io.growalert.billing.stripe;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rate of background requests to Stripe, of all instances together: a token bucket of one token in {@code billing.pace}, stored
 * as the time of the next token (generic cell rate algorithm). A limiter library in memory would count each instance separately.
 */
public final class Pace {
    private static final String NAME = "stripe";

    private final JdbcClient jdbc;
    private final int perSecond;

    /** @param perSecond requests per second, 1 to 1,000 */
    public Pace(JdbcClient jdbc, int perSecond) {
        this.jdbc = jdbc;
        this.perSecond = perSecond;
    }

    // a little more than a second, since requests take different times to arrive; a clock that was set back must not
    // stop
    // them
    private static final String RESERVE = """
            insert into billing.pace as p (name, next_at)
            values (:name, clock_timestamp() + interval '1050 milliseconds' / :perSecond)
            on conflict (name) do update
            set next_at = greatest(least(p.next_at, clock_timestamp() + interval '1 minute'), clock_timestamp()) + interval '1050 milliseconds' / :perSecond
            returning ceil(extract(epoch from next_at - interval '1050 milliseconds' / :perSecond - clock_timestamp()) * 1000)
            """;

    /** Reserves the next turn, and returns how long it is until then. */
    public Duration reserve() {
        long millis = jdbc.sql(RESERVE)
                .param("name", NAME)
                .param("perSecond", perSecond)
                .query(Long.class)
                .single();
        return Duration.ofMillis(Math.max(0, millis));
    }

    /** Waits for the next turn. Not within a transaction, which would block all other instances. */
    public void await() throws InterruptedException {
        Thread.sleep(reserve());
    }

    /** Waits for the next turn; an interrupt ends the wait, and stays. */
    void awaitTurn() {
        try {
            await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
