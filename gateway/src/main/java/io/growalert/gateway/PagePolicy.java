package io.growalert.gateway;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.web.header.HeaderWriter;

/**
 * What a page may load and talk to: its own, and Stripe where somebody pays. All that is no page may load nothing.
 *
 * @see <a href="https://docs.stripe.com/security/guide#content-security-policy">what Stripe.js needs</a>
 */
final class PagePolicy implements HeaderWriter {
    /** The pages on which somebody pays. */
    private static final Set<String> WITH_STRIPE = Set.of("/register.html");

    private static final String NOTHING =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String PAGE =
            "default-src 'none'; script-src 'self'%s; style-src 'self'%s; img-src 'self' data:; "
                    + "font-src 'self'; connect-src 'self'%s; frame-src %s; base-uri 'none'; form-action 'self'; "
                    + "frame-ancestors 'none'";
    /** Stripe.js sets style attributes on what it adds to the page. Style elements and foreign style sheets it does not need. */
    private static final String STYLE_ATTRIBUTES = "; style-src-attr 'unsafe-inline'";

    private static final String NO_FEATURES = "camera=(), geolocation=(), microphone=(), usb=()";

    private final String plain = PAGE.formatted("", "", "", "'none'");
    private final String paying;
    private final String payingFeatures;

    PagePolicy(GatewaySettings.Stripe stripe) {
        if (stripe.isStripesOwn()) {
            paying = PAGE.formatted(
                    " https://js.stripe.com https://*.js.stripe.com",
                    STYLE_ATTRIBUTES,
                    " " + origin(stripe.api()),
                    "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com");
            payingFeatures = NO_FEATURES + ", payment=(self \"https://js.stripe.com\")";
        } else {
            var script = origin(stripe.script());
            var api = origin(stripe.api());
            paying = PAGE.formatted(
                    " " + script, STYLE_ATTRIBUTES, " " + (script.equals(api) ? api : script + " " + api), script);
            payingFeatures = NO_FEATURES + ", payment=()";
        }
    }

    private static String origin(URI address) {
        return "%s://%s".formatted(address.getScheme(), address.getRawAuthority());
    }

    /** What is refused before the filters saw it is bound like all else. */
    static void bind(HttpServletResponse response) {
        response.setHeader("Content-Security-Policy", NOTHING);
        response.setHeader("Permissions-Policy", NO_FEATURES + ", payment=()");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "same-origin");
    }

    @Override
    public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
        boolean pays = WITH_STRIPE.contains(request.getRequestURI());
        response.setHeader("Content-Security-Policy", pays ? paying : isPage(response) ? plain : NOTHING);
        response.setHeader("Permissions-Policy", pays ? payingFeatures : NO_FEATURES + ", payment=()");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    }

    private static boolean isPage(HttpServletResponse response) {
        var type = response.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.startsWith(MediaType.TEXT_HTML_VALUE);
    }
}
