package io.growalert.billing.customer.session;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.problem.BillingProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.http.ResponseCookie;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * Customers' sessions in browsers, by a signed cookie. A session ends when it expires, by a sign-out
 * ({@code billing.ended_sessions}), or by a new generation of the customer's sessions ({@code billing.registrations}).
 */
@Component
public final class Sessions {
    public static final String COOKIE = "customer";
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1", "[0:0:0:0:0:0:0:1]");

    private final Seals seals;
    private final JdbcClient jdbc;
    private final CustomerSettings.Session settings;
    private final InstantSource clock;

    public Sessions(Seals seals, JdbcClient jdbc, CustomerSettings settings, InstantSource clock) {
        this.seals = seals;
        this.jdbc = jdbc;
        this.settings = settings.session();
        this.clock = clock;
    }

    /** The sender of a request. */
    public sealed interface Sender {
        /** Without a cookie. */
        record Anonymous() implements Sender {}

        /** The cookie is not authentic or too old to be renewed, or its session ended. */
        record Invalid() implements Sender {}

        /** The session expired and can be renewed. */
        record Expired(String customer) implements Sender {}

        /** @param generation of the session, for the next cookie of this browser */
        record Known(String customer, int generation) implements Sender {}
    }

    /** An authentic cookie, whose session may have expired or ended. */
    private record Candidate(String cookie, Seals.Sealed session) {
        String digest() {
            return Sha256.hex(cookie);
        }

        @Override
        public String toString() {
            return "Candidate[customer=%s]".formatted(session.customer());
        }
    }

    /** The sender by the first valid cookie; without one by the first that can be renewed. A browser may send several. */
    public Sender senderOf(HttpServletRequest request) {
        if (cookiesOf(request).findAny().isEmpty()) {
            return new Sender.Anonymous();
        }
        var now = clock.instant();
        var candidates = candidatesOf(request)
                .filter(candidate -> now.isBefore(renewableUntil(candidate)))
                .toList();
        var sessions = withoutEnded(candidates);
        return sessions.stream()
                .filter(session -> now.isBefore(session.until()))
                .findFirst()
                .<Sender>map(session -> new Sender.Known(session.customer(), session.generation()))
                .or(() -> sessions.stream().findFirst().map(session -> new Sender.Expired(session.customer())))
                .orElseGet(Sender.Invalid::new);
    }

    private Stream<Candidate> candidatesOf(HttpServletRequest request) {
        return cookiesOf(request)
                .distinct()
                .flatMap(cookie -> seals.open(cookie).map(session -> new Candidate(cookie, session)).stream());
    }

    private static Stream<String> cookiesOf(HttpServletRequest request) {
        var cookies = request.getCookies();
        return cookies == null
                ? Stream.empty()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(COOKIE))
                        .map(cookie -> cookie.getValue());
    }

    private Instant renewableUntil(Candidate candidate) {
        return candidate.session().until().plus(settings.renewable());
    }

    // a customer without a registration never signed in
    private static final String NOT_ENDED = """
            select c.place
            from unnest(:customers::text[], :generations::int[], :digests::text[])
                with ordinality as c (customer, generation, digest, place)
            left join billing.registrations r on r.customer = c.customer
            where coalesce(r.generation, 0) = c.generation
              and not exists (select from billing.customers d where d.id = c.customer and d.deleted)
              and not exists (select from billing.ended_sessions e where e.digest = decode(c.digest, 'hex'))
            order by c.place
            """;

    /** One query for any number of cookies; none without an authentic cookie. */
    private List<Seals.Sealed> withoutEnded(List<Candidate> candidates) {
        if (candidates.isEmpty()) {
            return List.of();
        }
        var sessions = candidates.stream().map(Candidate::session).toList();
        return jdbc
                .sql(NOT_ENDED)
                .param(
                        "customers",
                        sessions.stream().map(Seals.Sealed::customer).toArray(String[]::new))
                .param(
                        "generations",
                        sessions.stream().map(Seals.Sealed::generation).toArray(Integer[]::new))
                .param("digests", candidates.stream().map(Candidate::digest).toArray(String[]::new))
                .query(Integer.class)
                .list()
                .stream()
                .map(place -> sessions.get(place - 1))
                .toList();
    }

    /** The customer of the session; refuses a request without one. */
    public String customerOf(HttpServletRequest request) {
        return switch (senderOf(request)) {
            case Sender.Known(var customer, var _) -> customer;
            case Sender.Anonymous _ ->
                throw BillingProblem.SESSION_MISSING.because("expected the cookie 'customer'; create one");
            case Sender.Invalid _ ->
                throw BillingProblem.SESSION_INVALID.because(
                        "the session of the cookie 'customer' is unknown or has ended");
            case Sender.Expired _ ->
                throw BillingProblem.SESSION_EXPIRED.because("the session expired and can be renewed");
        };
    }

    /** The refusal of a request whose customer was deleted. */
    public static ErrorResponseException customerDeleted() {
        return BillingProblem.SESSION_INVALID.because("the customer was deleted");
    }

    /** The cookie outlives the session, so that it can be renewed. */
    public ResponseCookie cookieFor(String customer, int generation, HttpServletRequest request) {
        var until = clock.instant().plus(settings.expiry());
        return cookie(seals.seal(new Seals.Sealed(customer, generation, until)), request)
                .maxAge(settings.expiry().plus(settings.renewable()))
                .build();
    }

    /** Removes the cookie from the browser. */
    public static ResponseCookie noCookie(HttpServletRequest request) {
        return cookie("", request).maxAge(Duration.ZERO).build();
    }

    private static ResponseCookie.ResponseCookieBuilder cookie(String value, HttpServletRequest request) {
        return ResponseCookie.from(COOKIE, value)
                .httpOnly(true)
                .secure(request.isSecure() || !LOCAL.contains(request.getServerName()))
                .sameSite("Lax")
                .path("/");
    }

    private static final String END = """
            insert into billing.ended_sessions (digest, expires_at) values (decode(:digest, 'hex'), :until)
            on conflict (digest) do nothing
            """;

    /** Ends the sessions of all cookies of the request, expired ones too; idempotent. */
    public void end(HttpServletRequest request) {
        candidatesOf(request).forEach(candidate -> jdbc.sql(END)
                .param("digest", candidate.digest())
                .param("until", renewableUntil(candidate).atOffset(ZoneOffset.UTC))
                .update());
    }

    private static final String DELETE_OLD = """
            delete from billing.ended_sessions where digest in (
                select digest from billing.ended_sessions
                where expires_at < clock_timestamp()
                order by expires_at limit :batch for update skip locked)
            """;

    /** Deletes ended sessions whose cookies could not be renewed anyway, and returns how many. */
    public int deleteOld(int batch) {
        return jdbc.sql(DELETE_OLD).param("batch", batch).update();
    }
}
