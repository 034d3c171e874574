package io.growalert.gateway;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.web.header.HeaderWriter;

/**
 * The headers that restrict a browser. A page may load and call its own origin, and Stripe's where a customer pays; a response
 * that is no page may load nothing.
 *
 * @see <a href="https://docs.stripe.com/security/guide#content-security-policy">what Stripe.js needs</a>
 */
final class BrowserPolicy implements HeaderWriter {
    /** The pages with a payment. */
    private static final Set<String> WITH_STRIPE = Set.of("/register.html", "/account.html");

    private static final String NOTHING =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String PAGE =
            "default-src 'none'; script-src 'self'%s; style-src 'self'%s; img-src 'self' data:; "
                    + "font-src 'self'; connect-src 'self'%s; frame-src %s; base-uri 'none'; form-action 'self'; "
                    + "frame-ancestors 'none'";
    /** Stripe.js sets style attributes on the elements that it adds. It needs no style elements and no foreign style sheets. */
    private static final String STYLE_ATTRIBUTES = "; style-src-attr 'unsafe-inline'";

    static final String RESOURCE_POLICY = "Cross-Origin-Resource-Policy";

    private static final String NO_FEATURES = "camera=(), geolocation=(), microphone=(), usb=()";

    private static final HttpField NO_CONTENT = new PreEncodedHttpField("Content-Security-Policy", NOTHING);
    private static final List<HttpField> ALWAYS = List.of(
            new PreEncodedHttpField("Permissions-Policy", NO_FEATURES + ", payment=()"),
            new PreEncodedHttpField(RESOURCE_POLICY, "same-origin"),
            new PreEncodedHttpField("Cross-Origin-Opener-Policy", "same-origin-allow-popups"),
            new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
            new PreEncodedHttpField("X-Frame-Options", "DENY"),
            new PreEncodedHttpField("X-XSS-Protection", "0"),
            new PreEncodedHttpField("Referrer-Policy", "same-origin"));
    private static final HttpField HTTPS_ONLY =
            new PreEncodedHttpField("Strict-Transport-Security", "max-age=" + Guard.HTTPS_ONLY.toSeconds());
    private static final HttpField NO_CACHE =
            new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-cache, no-store, max-age=0, must-revalidate");
    private static final HttpField NO_CACHE_PRAGMA = new PreEncodedHttpField(HttpHeader.PRAGMA, "no-cache");
    private static final HttpField EXPIRED = new PreEncodedHttpField(HttpHeader.EXPIRES, "0");
    private static final Set<String> OWNED = Stream.concat(ALWAYS.stream(), Stream.of(NO_CONTENT, HTTPS_ONLY))
            .map(HttpField::getLowerCaseName)
            .collect(Collectors.toUnmodifiableSet());

    private final String plain = PAGE.formatted("", "", "", "'none'");
    private final HttpField page = new PreEncodedHttpField("Content-Security-Policy", plain);
    private final String paying;
    private final String payingFeatures;

    BrowserPolicy(GatewaySettings.Stripe stripe) {
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

    /** Whether a service's own value of this header is replaced by the gateway's. */
    static boolean owns(HttpField field) {
        return OWNED.contains(field.getLowerCaseName());
    }

    /** Adds the policy of a response that is no page and has none of these headers yet. */
    static void bind(HttpFields.Mutable headers, boolean secure) {
        headers.add(NO_CONTENT);
        bindAll(headers, secure);
    }

    /** Adds the policy of a service's response, and forbids to cache it unless the service says otherwise. */
    void bindAnswer(HttpFields.Mutable headers, boolean secure) {
        headers.add(isPage(headers.get(HttpHeader.CONTENT_TYPE)) ? page : NO_CONTENT);
        bindAll(headers, secure);
        if (!headers.contains(HttpHeader.CACHE_CONTROL)
                && !headers.contains(HttpHeader.EXPIRES)
                && !headers.contains(HttpHeader.PRAGMA)) {
            headers.add(NO_CACHE);
            headers.add(NO_CACHE_PRAGMA);
            headers.add(EXPIRED);
        }
    }

    private static void bindAll(HttpFields.Mutable headers, boolean secure) {
        for (var field : ALWAYS) {
            headers.add(field);
        }
        if (secure) {
            headers.add(HTTPS_ONLY);
        }
    }

    /** The policy of a servlet's response that the security filters did not see. */
    static void bind(HttpServletResponse response) {
        response.setHeader(NO_CONTENT.getName(), NO_CONTENT.getValue());
        for (var field : ALWAYS) {
            response.setHeader(field.getName(), field.getValue());
        }
    }

    @Override
    public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
        if (response.getStatus() == HttpServletResponse.SC_NOT_MODIFIED) {
            // a browser would replace the stored page's policy by that of a response without a page
            return;
        }
        boolean pays = WITH_STRIPE.contains(request.getRequestURI());
        response.setHeader(
                "Content-Security-Policy",
                pays ? paying : isPage(response.getHeader(HttpHeaders.CONTENT_TYPE)) ? plain : NOTHING);
        response.setHeader("Permissions-Policy", pays ? payingFeatures : NO_FEATURES + ", payment=()");
        if (!response.containsHeader(RESOURCE_POLICY)) {
            response.setHeader(RESOURCE_POLICY, "same-origin");
        }
    }

    private static boolean isPage(@Nullable String type) {
        return type != null && type.startsWith(MediaType.TEXT_HTML_VALUE);
    }
}
