package io.growalert.billing.customer.idempotency;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.stripe.StripeSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private static final Logger LOG = LoggerFactory.getLogger(RequestLeases.class);
    /** A retry after a crash waits for no longer. */
    private static final Duration LONGEST = Duration.ofSeconds(12);
    /** A pause of the program or of the database must not cost the lease. */
    private static final Duration SHORTEST = Duration.ofSeconds(3);

    /** The most calls to Stripe between two {@link #hold}s. */
    private static final int CALLS = 4;

    private final JdbcClient jdbc;
    private final Runnable close;
    private final Duration lease;
    private final Duration longestWork;
    private final Map<UUID, Held> held = new ConcurrentHashMap<>();
    private volatile @Nullable ScheduledExecutorService clock;

    /** @param until {@link System#nanoTime()} after which it is not renewed: the work cannot take that long */
    private record Held(UUID request, Thread worker, long until) {}

    @Autowired
    RequestLeases(HikariDataSource database, StripeSettings stripe, CustomerSettings settings) {
        this(stripe, settings, connection(database));
    }

    private RequestLeases(StripeSettings stripe, CustomerSettings settings, HikariDataSource connection) {
        this(JdbcClient.create(connection), stripe, settings, connection::close);
    }

    /** @param close ends the connection */
    public RequestLeases(JdbcClient jdbc, StripeSettings stripe, CustomerSettings settings, Runnable close) {
        this.jdbc = jdbc;
        this.close = close;
        var wanted = settings.requestLease();
        lease = wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted;
        longestWork = stripe.connectTimeout()
                .plus(stripe.readTimeout())
                .multipliedBy((stripe.retries() + 1L) * CALLS)
                .plus(LONGEST);
    }

    /** Dedicated, with a timeout below the lease: a dead connection must not cost all leases of this instance. */
    private static HikariDataSource connection(HikariDataSource database) {
        var settings = new HikariConfig();
        database.copyStateTo(settings);
        var properties = new Properties();
        properties.putAll(database.getDataSourceProperties());
        properties.put("socketTimeout", "2");
        settings.setDataSourceProperties(properties);
        settings.setPoolName("request-leases");
        settings.setMaximumPoolSize(1);
        settings.setMinimumIdle(1);
        settings.setConnectionTimeout(2_000);
        settings.setInitializationFailTimeout(-1);
        return new HikariDataSource(settings);
    }

    long millis() {
        return lease.toMillis();
    }

    /** The current thread works on the request until {@link #release}, {@link #endOf}, or the time limits of a call are over. */
    void hold(UUID request, UUID holder) {
        held.put(holder, new Held(request, Thread.currentThread(), System.nanoTime() + longestWork.toNanos()));
    }

    void release(UUID holder) {
        held.remove(holder);
    }

    /** The thread works on none any more; what it left open is free when its lease expires. */
    public void endOf(Thread worker) {
        held.values().removeIf(each -> each.worker().equals(worker));
    }

    // what was released meanwhile stays so
    private static final String RENEW = """
            update billing.requests set lease_until = clock_timestamp() + :lease * interval '1 millisecond'
            where id = any(:ids) and holder = any(:holders) and state = 'open' and lease_until > clock_timestamp()
            """;

    public void renew() {
        held.values().removeIf(each -> each.until() - System.nanoTime() < 0);
        var now = Map.copyOf(held);
        if (now.isEmpty()) {
            return;
        }
        jdbc.sql(RENEW)
                .param("lease", millis())
                .param("ids", now.values().stream().map(Held::request).toArray(UUID[]::new))
                .param("holders", now.keySet().toArray(UUID[]::new))
                .update();
    }

    private void renewSafely() {
        try {
            renew();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Renewing request leases failed; retrying");
        } catch (Throwable e) {
            LOG.atError().setCause(e).log("Renewing request leases failed with an internal error; retrying");
        }
    }

    @Override
    public void start() {
        var started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("request-leases").daemon().factory());
        clock = started;
        var _ = started.scheduleWithFixedDelay(this::renewSafely, millis() / 4, millis() / 4, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        var stopping = clock;
        if (stopping != null) {
            stopping.shutdownNow();
            stopping.close();
            clock = null;
        }
    }

    @Override
    public void close() {
        close.run();
    }

    @Override
    public boolean isRunning() {
        return clock != null;
    }

    /** It starts before the web server, and stops after the requests that are under way then. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 4096;
    }
}
