package io.growalert.billing.customer;

import io.growalert.billing.problem.Problem;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;

/** Who a browser is, by its cookie. */
@Component
final class Sessions {
    static final String COOKIE = "customer";
    static final Duration LINK_EXPIRY = Duration.ofMinutes(15);
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1", "[0:0:0:0:0:0:0:1]");

    private final Seals seals;
    private final CustomerSettings.Session settings;
    private final InstantSource clock;

    Sessions(Seals seals, CustomerSettings settings, InstantSource clock) {
        this.seals = seals;
        this.settings = settings.session();
        this.clock = clock;
    }

    /** What a request says about its sender. */
    sealed interface Sender {
        /** There is no cookie. */
        record Nobody() implements Sender {}

        /** The cookie is not of ours, or too old to be renewed. */
        record Unknown() implements Sender {}

        /** The cookie was good once. */
        record Former(String customer) implements Sender {}

        record Known(String customer) implements Sender {}
    }

    Sender senderOf(HttpServletRequest request) {
        var cookie = cookieOf(request);
        if (cookie == null) {
            return new Sender.Nobody();
        }
        var told = seals.open(Seals.Purpose.SESSION, cookie).orElse(null);
        var now = clock.instant();
        if (told == null || !now.isBefore(told.until().plus(settings.renewable()))) {
            return new Sender.Unknown();
        }
        return now.isBefore(told.until()) ? new Sender.Known(told.customer()) : new Sender.Former(told.customer());
    }

    /** The customer whose cookie this is, or the refusal of the request. */
    String customerOf(HttpServletRequest request) {
        return switch (senderOf(request)) {
            case Sender.Known(var customer) -> customer;
            case Sender.Nobody _ -> throw Problem.SESSION_MISSING.because("expected the cookie 'customer'; create one");
            case Sender.Unknown _ -> throw Problem.SESSION_INVALID.because("the cookie 'customer' is not one of ours");
            case Sender.Former _ ->
                throw Problem.SESSION_EXPIRED.because("the cookie 'customer' is too old; it can be renewed");
        };
    }

    /** It outlives its meaning in the browser, so that it can be renewed. */
    ResponseCookie cookieFor(String customer, HttpServletRequest request) {
        var value = seals.seal(Seals.Purpose.SESSION, customer, clock.instant().plus(settings.expiry()));
        return ResponseCookie.from(COOKIE, value)
                .httpOnly(true)
                .secure(request.isSecure() || !LOCAL.contains(request.getServerName()))
                .sameSite("Lax")
                .path("/")
                .maxAge(settings.expiry().plus(settings.renewable()))
                .build();
    }

    /** What a link carries that renews the customer's session. */
    String linkFor(String customer) {
        return seals.seal(Seals.Purpose.RENEWAL, customer, clock.instant().plus(LINK_EXPIRY));
    }

    /** Whose session the link renews, or the refusal of the request. */
    String customerOfLink(String token) {
        return seals.open(Seals.Purpose.RENEWAL, token)
                .filter(link -> clock.instant().isBefore(link.until()))
                .orElseThrow(
                        () -> Problem.LINK_INVALID.because("the link is not one of ours, or too old; ask for another"))
                .customer();
    }

    private static @Nullable String cookieOf(HttpServletRequest request) {
        Cookie @Nullable [] cookies = request.getCookies();
        if (cookies != null) {
            for (var cookie : cookies) {
                if (cookie.getName().equals(COOKIE)) {
                    return cookie.getValue();
                }
            }
        }
        return null;
    }
}
