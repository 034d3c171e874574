package io.growalert.gateway;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Whom a request comes from, as far as we care. */
final class Network {
    private static final Pattern WITH_PORT = Pattern.compile("^(?:([0-9.]+):[0-9]+|\\[([0-9a-fA-F:.]+)](?::[0-9]+)?)$");

    private Network() {}

    /** What one subscriber has: an IPv4 address, or an IPv6 network of 64 bits. */
    static String of(HttpServletRequest request) {
        return of(address(request));
    }

    static String of(InetAddress address) {
        return address instanceof Inet4Address ? address.getHostAddress() : hex(address, 8);
    }

    /** Too little to tell a person: 24 bits of an IPv4 address, 32 of an IPv6 one. */
    static String roughly(HttpServletRequest request) {
        var address = address(request);
        var bytes = address.getAddress();
        return address instanceof Inet4Address
                ? "%d.%d.%d.0/24".formatted(bytes[0] & 0xff, bytes[1] & 0xff, bytes[2] & 0xff)
                : hex(address, 4) + "/32";
    }

    /** Some proxies say a port, too. */
    static String remote(HttpServletRequest request) {
        return WITH_PORT.matcher(request.getRemoteAddr()).replaceFirst("$1$2");
    }

    private static InetAddress address(HttpServletRequest request) {
        try {
            return InetAddress.ofLiteral(remote(request));
        } catch (IllegalArgumentException e) {
            // what a trusted proxy calls it, such as "unknown"
            return InetAddress.getLoopbackAddress();
        }
    }

    private static String hex(InetAddress address, int bytes) {
        return HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), bytes));
    }
}
