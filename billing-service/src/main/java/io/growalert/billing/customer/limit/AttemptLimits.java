package io.growalert.billing.customer.limit;

import io.growalert.billing.customer.session.Seals;
import io.growalert.billing.customer.settings.CustomerSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Limits of attempts per client, counted in the database for all instances, {@code billing.attempts}. An attempt counts from its
 * begin, so that concurrent attempts do not evade the limit; one that did not fail is taken back.
 */
@Component
public final class AttemptLimits {
    private static final int SIGN_INS_PER_ADDRESS = 5;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final Seals seals;
    private final CustomerSettings.CustomerLimits settings;

    public AttemptLimits(JdbcClient jdbc, TransactionOperations transaction, Seals seals, CustomerSettings settings) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.seals = seals;
        this.settings = settings.limits();
    }

    /**
     * @param subject whose attempts are counted
     * @param max attempts within the window; further ones are refused until the cool-down is over
     */
    record Limit(String kind, String subject, int max, Duration window, Duration coolDown) {}

    /** Whether an attempt is allowed. */
    public sealed interface Decision {
        /** The attempts count until they are taken back. */
        record Allowed(List<Long> attempts) implements Decision {
            public Allowed {
                attempts = List.copyOf(attempts);
            }
        }

        record Refused(Duration retryAfter) implements Decision {}
    }

    /** An attempt to pay, which the caller takes back unless it failed. */
    public Decision payment(String customer, HttpServletRequest request) {
        return take(List.of(
                new Limit(
                        "payment-of-customer",
                        customer,
                        settings.failuresPerCustomer(),
                        settings.window(),
                        settings.coolDown()),
                new Limit(
                        "payment-from-address",
                        addressOf(request),
                        settings.failuresPerAddress(),
                        settings.window(),
                        settings.coolDown())));
    }

    public Decision newCustomer(HttpServletRequest request) {
        return take(List.of(new Limit(
                "customer-from-address",
                addressOf(request),
                settings.customersPerAddress(),
                Duration.ofHours(1),
                Duration.ZERO)));
    }

    /**
     * A link for an e-mail address; counted alike whether or not a customer has it.
     *
     * @param address in lower case, as the database defines it
     */
    public Decision signIn(String address, HttpServletRequest request) {
        return take(List.of(
                signIn(address),
                new Limit(
                        "sign-in-from-network",
                        addressOf(request),
                        settings.signInsPerNetwork(),
                        Duration.ofHours(1),
                        Duration.ZERO)));
    }

    /**
     * A link for the customer of an expired session, which counts as a link for the address as well.
     *
     * @param address in lower case, as the database defines it
     */
    public Decision renewal(String customer, String address) {
        return take(List.of(
                signIn(address), new Limit("renewal-of-customer", customer, 3, Duration.ofHours(1), Duration.ZERO)));
    }

    private Limit signIn(String address) {
        return new Limit(
                "sign-in-of-address",
                seals.disguise(address),
                SIGN_INS_PER_ADDRESS,
                Duration.ofHours(1),
                Duration.ZERO);
    }

    private static final String LOCK = "select 1 from pg_advisory_xact_lock(hashtextextended(:name, 0))";

    // until when the latest attempt beyond the limit refuses others; without a cool-down: until the window has room
    private static final String REFUSED_FOR = """
            select max(case when :cool_down = 0 then first + :window * interval '1 millisecond'
                            else at + :cool_down * interval '1 millisecond' end) as until
            from (select at, lag(at, :max - 1) over (order by at, id) as first
                  from billing.attempts
                  where kind = :kind and subject = :subject
                    and at > clock_timestamp() - (:window + :cool_down) * interval '1 millisecond') tries
            where first > at - :window * interval '1 millisecond'
            """;

    private static final String WAIT = """
            select (extract(epoch from until - clock_timestamp()) * 1000)::bigint
            from (%s) refused where until > clock_timestamp()
            """.formatted(REFUSED_FOR);

    private static final String TAKE =
            "insert into billing.attempts (kind, subject) values (:kind, :subject) returning id";

    private Decision take(List<Limit> limits) {
        var inOrder = limits.stream().sorted(Comparator.comparing(Limit::kind)).toList();
        return Objects.requireNonNull(transaction.execute(status -> {
            for (var limit : inOrder) {
                jdbc.sql(LOCK)
                        .param("name", limit.kind() + " " + limit.subject())
                        .query()
                        .singleValue();
            }
            var wait = inOrder.stream()
                    .flatMap(limit -> refusedFor(limit).stream())
                    .max(Comparator.naturalOrder());
            if (wait.isPresent()) {
                return new Decision.Refused(wait.get());
            }
            var attempts = new ArrayList<Long>();
            for (var limit : inOrder) {
                attempts.add(jdbc.sql(TAKE)
                        .param("kind", limit.kind())
                        .param("subject", limit.subject())
                        .query(Long.class)
                        .single());
            }
            return new Decision.Allowed(attempts);
        }));
    }

    private Optional<Duration> refusedFor(Limit limit) {
        return jdbc.sql(WAIT)
                .param("kind", limit.kind())
                .param("subject", limit.subject())
                .param("max", limit.max())
                .param("window", limit.window().toMillis())
                .param("cool_down", limit.coolDown().toMillis())
                .query(Long.class)
                .optional()
                .map(Duration::ofMillis);
    }

    /** The attempts did not fail, or are not known to have failed. */
    public void takeBack(Decision.Allowed allowed) {
        jdbc.sql("delete from billing.attempts where id = any(:ids)")
                .param("ids", allowed.attempts().toArray(Long[]::new))
                .update();
    }

    /** Deletes attempts past every window, and returns how many. */
    public int deleteOld(int batch) {
        var longest = settings.window().plus(settings.coolDown()).plus(Duration.ofHours(1));
        return jdbc.sql("""
                        delete from billing.attempts where id in (
                            select id from billing.attempts
                            where at < clock_timestamp() - :longest * interval '1 millisecond'
                            order by at limit :batch for update skip locked)
                        """)
                .param("longest", longest.toMillis())
                .param("batch", batch)
                .update();
    }

    /** A pseudonym of the client's network: a provider assigns one customer a whole IPv6 network of 64 bits. */
    String addressOf(HttpServletRequest request) {
        try {
            var address = InetAddress.ofLiteral(request.getRemoteAddr()).getAddress();
            return seals.disguise(HexFormat.of().formatHex(address.length == 16 ? Arrays.copyOf(address, 8) : address));
        } catch (IllegalArgumentException _) {
            return seals.disguise(request.getRemoteAddr());
        }
    }
}
