package io.growalert.gateway;

import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a request as the backend receives them, and those of its response as the client does. Client address, scheme and host are those that the gateway saw. Forwarding
 * headers of a client or an unknown proxy are dropped, as are hop-by-hop headers.
 */
final class BackendHeaders {
    private static final Set<String> DROPPED = Set.of(
            "connection",
            "content-length",
            "expect",
            "forwarded",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-real-ip",
            "x-request-id");

    /** Of a response, besides what {@code Connection} lists: for one connection only, or replaced by the gateway. */
    private static final Set<String> DROPPED_OF_RESPONSES = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-connection",
            "server",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-request-id");

    private BackendHeaders() {}

    /**
     * @param host the backend's
     * @param identity of an operator, which replaces the client's {@code Authorization}; null: that one passes
     */
    static HttpFields of(Request request, Exchange exchange, HttpField host, @Nullable String identity) {
        var all = request.getHeaders();
        var nominated = nominated(all);
        var passed = HttpFields.build(all.size() + 7);
        passed.add(host);
        for (var given : all) {
            var name = given.getLowerCaseName();
            // the session is the gateway's alone
            var field = given.getHeader() == HttpHeader.COOKIE ? SessionCookie.without(given) : given;
            if (field != null
                    && !DROPPED.contains(name)
                    && !name.startsWith("x-forwarded-")
                    && (nominated == null || !nominated.contains(name))
                    && (identity == null || field.getHeader() != HttpHeader.AUTHORIZATION)) {
                passed.add(field);
            }
        }
        if (identity != null) {
            passed.add(HttpHeader.AUTHORIZATION, identity);
        }
        passed.add(HttpHeader.X_FORWARDED_FOR, exchange.client());
        passed.add(HttpHeader.X_FORWARDED_PROTO, request.getHttpURI().getScheme());
        passed.add(HttpHeader.X_FORWARDED_HOST, Request.getServerName(request));
        passed.add(HttpHeader.X_FORWARDED_PORT, Integer.toString(Request.getServerPort(request)));
        passed.add(Exchange.ID_HEADER, exchange.id());
        return passed;
    }

    /** Adds the headers of a backend's response to those that the client gets, and the date where they have none. */
    static void pass(HttpFields answer, HttpFields.Mutable headers, HttpField date) {
        var nominated = nominated(answer);
        for (var field : answer) {
            if (!DROPPED_OF_RESPONSES.contains(field.getLowerCaseName())
                    && !BrowserPolicy.owns(field)
                    && (nominated == null || !nominated.contains(field.getName()))) {
                headers.add(field);
            }
        }
        if (!headers.contains(HttpHeader.DATE)) {
            headers.add(date);
        }
    }

    /** The names that {@code Connection} lists, in lower case; null when there are none, as in most messages. */
    static @Nullable Set<String> nominated(HttpFields fields) {
        if (!fields.contains(HttpHeader.CONNECTION)) {
            return null;
        }
        var names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (var field : fields.getFields(HttpHeader.CONNECTION)) {
            for (var name : String.valueOf(field.getValue()).split(",", -1)) {
                names.add(name.strip());
            }
        }
        return names;
    }
}
