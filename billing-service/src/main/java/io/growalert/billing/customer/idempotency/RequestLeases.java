package io.growalert.billing.customer.idempotency;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.StripeSettings;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Renews the leases of the requests that this instance works on, by the database's clock. A lease is short, so that the requests
 * of an instance that died are free soon; it is renewed while a call to Stripe lasts, however long that is.
 */
@Component
public final class RequestLeases implements SmartLifecycle, AutoCloseable {
    /** A retry after a crash waits for no longer. */
    private static final Duration LONGEST = Duration.ofSeconds(12);
    /** A pause of the program or of the database must not cost the lease. */
    private static final Duration SHORTEST = Duration.ofSeconds(3);

    /** The most calls to Stripe between two renewals by the request itself. */
    private static final int CALLS = 4;

    private static final int SOCKET_TIMEOUT_SECONDS = 2;

    private final JdbcClient jdbc;
    private final Runnable close;
    private final Duration lease;
    private final Duration longestWork;
    private final Map<UUID, Holding> holdings = new ConcurrentHashMap<>();
    private final Loop loop;

    /** @param until {@link System#nanoTime()} after which the lease is not renewed: the work cannot take that long */
    private record Holding(UUID request, Thread worker, long until) {}

    @Autowired
    RequestLeases(HikariDataSource database, StripeSettings stripe, CustomerSettings settings) {
        this(stripe, settings, pool(database));
    }

    private RequestLeases(StripeSettings stripe, CustomerSettings settings, HikariDataSource pool) {
        this(JdbcClient.create(pool), stripe, settings, pool::close);
    }

    /** @param close closes the connection */
    public RequestLeases(JdbcClient jdbc, StripeSettings stripe, CustomerSettings settings, Runnable close) {
        this.jdbc = jdbc;
        this.close = close;
        var wanted = settings.requestLease();
        lease = wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted;
        longestWork = stripe.connectTimeout()
                .plus(stripe.readTimeout())
                .multipliedBy((stripe.retries() + 1L) * CALLS)
                .plus(LONGEST);
        var interval = lease.dividedBy(4);
        loop = new Loop(
                "request-leases",
                "Renewing request leases failed; retrying",
                Loop.Options.DEFAULT
                        .withRetry(interval, interval)
                        .withGrace(Duration.ofSeconds(SOCKET_TIMEOUT_SECONDS)),
                _ -> {
                    renew();
                    return interval;
                });
    }

    /**
     * A pool of one connection, so that renewals never wait for the requests' connections. Its timeouts are shorter than the lease: a
     * dead connection must not cost all leases of this instance.
     */
    static HikariDataSource pool(HikariDataSource database) {
        var settings = new HikariConfig();
        database.copyStateTo(settings);
        var properties = new Properties();
        properties.putAll(database.getDataSourceProperties());
        properties.put("socketTimeout", Integer.toString(SOCKET_TIMEOUT_SECONDS));
        settings.setDataSourceProperties(properties);
        settings.setPoolName("request-leases");
        settings.setMaximumPoolSize(1);
        settings.setMinimumIdle(1);
        settings.setConnectionTimeout(2_000);
        settings.setInitializationFailTimeout(-1);
        return new HikariDataSource(settings);
    }

    public Progress progress() {
        return loop.progress();
    }

    long millis() {
        return lease.toMillis();
    }

    /** The current thread holds the lease until {@link #release}, {@link #endOf}, or the time limits of its calls have passed. */
    void hold(UUID request, UUID holder) {
        holdings.put(holder, new Holding(request, Thread.currentThread(), System.nanoTime() + longestWork.toNanos()));
    }

    void release(UUID holder) {
        holdings.remove(holder);
    }

    /** The thread finished its HTTP request; a lease that it still holds is not renewed any more. */
    public void endOf(Thread worker) {
        holdings.values().removeIf(each -> each.worker().equals(worker));
    }

    // a lease that was released or expired meanwhile remains so
    private static final String RENEW = """
            update billing.requests set lease_until = clock_timestamp() + :lease * interval '1 millisecond'
            where id = any(:ids) and holder = any(:holders) and state = 'open' and lease_until > clock_timestamp()
            """;

    public void renew() {
        holdings.values().removeIf(each -> each.until() - System.nanoTime() < 0);
        var now = Map.copyOf(holdings);
        if (now.isEmpty()) {
            return;
        }
        jdbc.sql(RENEW)
                .param("lease", millis())
                .param("ids", now.values().stream().map(Holding::request).toArray(UUID[]::new))
                .param("holders", now.keySet().toArray(UUID[]::new))
                .update();
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public void close() {
        loop.stop();
        close.run();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    /** It starts before the web server, and stops after the requests that are under way then. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 4096;
    }
}
