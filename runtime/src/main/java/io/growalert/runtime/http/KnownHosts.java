package io.growalert.runtime.http;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names and addresses under which a service may be called, each with any port. */
final class KnownHosts {
    private static final Pattern HEADER = Pattern.compile("(\\[[0-9a-f:.]+]|[^\\[\\]:]+)(?::\\d{1,5})?");

    private final Set<String> names = new HashSet<>(Set.of("localhost"));

    /** @param bound the setting {@code server.address}, which may be empty */
    KnownHosts(Collection<String> configured, String bound) {
        configured.forEach(host -> names.add(bare(host)));
        if (!bound.isBlank()) {
            names.add(bare(bound.strip().toLowerCase(Locale.ROOT)));
        }
        // no client calls the wildcard address
        names.removeAll(Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0"));
    }

    /**
     * @param header the value of {@code Host}; a request without one is from no browser
     * @param local the address to which the client is connected
     */
    boolean contain(@Nullable String header, String local) {
        if (header == null) {
            return true;
        }
        var matcher = HEADER.matcher(header.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return false;
        }
        var host = bare(matcher.group(1));
        return names.contains(host) || isOwnAddress(host, local);
    }

    private static boolean isOwnAddress(String host, String local) {
        try {
            var address = InetAddress.ofLiteral(host);
            return address.isLoopbackAddress() || address.equals(InetAddress.ofLiteral(local));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
