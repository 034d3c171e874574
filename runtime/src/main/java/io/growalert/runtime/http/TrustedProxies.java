package io.growalert.runtime.http;

import io.growalert.runtime.PlainReason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;

/**
 * The proxies whose {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port} are trusted. Jetty's own
 * customizer trusts every client. Of the addresses in {@code X-Forwarded-For} the last one counts that is not a trusted
 * proxy: what a client sent to the proxy stands left of it.
 */
public final class TrustedProxies {
    private static final Pattern WITH_PORT = Pattern.compile("^(?:([0-9.]+):[0-9]+|\\[([0-9a-fA-F:.]+)](?::[0-9]+)?)$");

    private final List<Network> networks;

    @SuppressWarnings("ArrayRecordComponent") // networks are not compared
    private record Network(byte[] prefix, int bits) {
        boolean contains(InetAddress address) {
            var bytes = address.getAddress();
            if (bytes.length != prefix.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                if (((bytes[i / 8] ^ prefix[i / 8]) & (0x80 >> (i % 8))) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * @param property the setting that the networks come from, for the message
     * @param networks addresses or networks, such as {@code 10.0.0.0/8}
     */
    public TrustedProxies(String property, List<String> networks) {
        this.networks = networks.stream().map(text -> network(property, text)).toList();
    }

    private static Network network(String property, String text) {
        try {
            int slash = text.indexOf('/');
            var prefix = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                    .getAddress();
            int bits = slash < 0 ? prefix.length * 8 : Integer.parseUnsignedInt(text.substring(slash + 1));
            if (bits <= prefix.length * 8) {
                return new Network(prefix, bits);
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw new Unusable("%s: %s is no address and no network such as 10.0.0.0/8".formatted(property, text));
    }

    public boolean contains(InetAddress address) {
        for (var network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The request as the client sent it to the proxy; one that does not come from a trusted proxy is unchanged, except that its
     * scheme is the connection's, whatever an absolute request target says.
     */
    public Request apply(Request request) {
        if (request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress remote) {
            if (contains(remote.getAddress())) {
                return new Forwarded(request, client(request, remote), uri(request));
            }
            if (!scheme(request).equals(request.getHttpURI().getScheme())) {
                var uri = HttpURI.build(request.getHttpURI()).scheme(scheme(request));
                return new Forwarded(request, remote, uri.asImmutable());
            }
        }
        return request;
    }

    private static String scheme(Request request) {
        return request.getConnectionMetaData().isSecure() ? "https" : "http";
    }

    private InetSocketAddress client(Request request, InetSocketAddress proxy) {
        // not as a list of quoted strings: a quote that a client sent must not hide what the proxies added after it
        var values = request.getHeaders().getFields("X-Forwarded-For").stream()
                .flatMap(field -> Arrays.stream(String.valueOf(field.getValue()).split(",")))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList()
                .reversed();
        var client = proxy;
        for (var value : values) {
            var address = address(value);
            if (address == null) {
                // what stands left of it could be the client's own
                break;
            }
            client = new InetSocketAddress(address, proxy.getPort());
            if (!contains(address)) {
                break;
            }
        }
        return client;
    }

    /** Some proxies add a port. Null for what is no address, such as {@code unknown}: its proxy counts as the client. */
    private static @Nullable InetAddress address(String value) {
        try {
            var text = WITH_PORT.matcher(value).replaceFirst("$1$2");
            // with its text, so that it is passed on as the proxy wrote it
            return InetAddress.getByAddress(text, InetAddress.ofLiteral(text).getAddress());
        } catch (IllegalArgumentException | UnknownHostException e) {
            return null;
        }
    }

    private static HttpURI uri(Request request) {
        var headers = request.getHeaders();
        var uri = HttpURI.build(request.getHttpURI()).scheme(scheme(request));
        var proto = headers.get(HttpHeader.X_FORWARDED_PROTO);
        if (proto != null) {
            boolean secure = List.of(proto.toLowerCase(Locale.ROOT).split("[, ]+")).stream()
                    .allMatch("https"::equals);
            uri.scheme(secure ? "https" : "http");
        }
        var host = hostPort(headers.get(HttpHeader.X_FORWARDED_HOST));
        if (host != null) {
            uri.authority(host.getHost(), host.getPort());
        }
        var port = port(headers.get(HttpHeader.X_FORWARDED_PORT));
        if (port > 0) {
            uri.authority(uri.getHost(), port);
        } else if (proto != null && host == null) {
            // the port at which the proxy called is not the one that the client called
            uri.authority(uri.getHost(), 0);
        }
        if (URIUtil.getDefaultPortForScheme(uri.getScheme()) == uri.getPort()) {
            // as a browser writes an origin
            uri.authority(uri.getHost(), 0);
        }
        return uri.asImmutable();
    }

    private static @Nullable HostPort hostPort(@Nullable String value) {
        try {
            return value == null || value.isBlank() ? null : new HostPort(value.strip());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static int port(@Nullable String value) {
        try {
            return value == null ? 0 : HostPort.parsePort(value.strip());
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    private static final class Forwarded extends Request.Wrapper {
        private final HttpURI uri;
        private final ConnectionMetaData connection;

        Forwarded(Request request, InetSocketAddress client, HttpURI uri) {
            super(request);
            this.uri = uri;
            connection = new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
                @Override
                public SocketAddress getRemoteSocketAddress() {
                    return client;
                }
            };
        }

        @Override
        public HttpURI getHttpURI() {
            return uri;
        }

        @Override
        public boolean isSecure() {
            return "https".equals(uri.getScheme());
        }

        @Override
        public ConnectionMetaData getConnectionMetaData() {
            return connection;
        }
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }
}
