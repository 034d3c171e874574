package io.growalert.gateway;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.eclipse.jetty.server.Request;

/** The client's address, as precise as limits and logs need it. */
final class Network {
    private Network() {}

    /** Behind a trusted proxy, the network of the client, not of the proxy. */
    static InetSocketAddress client(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress remote
                ? remote
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** The unit that limits count by: an IPv4 address, or an IPv6 network of 64 bits, which is one subscriber's. */
    static String of(InetAddress address) {
        return address instanceof Inet4Address ? address.getHostAddress() : hex(address, 8);
    }

    /** Too coarse to identify a person: 24 bits of an IPv4 address, 32 of an IPv6 one. */
    static String roughly(InetAddress address) {
        var bytes = address.getAddress();
        return address instanceof Inet4Address
                ? (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + ".0/24"
                : hex(address, 4) + "/32";
    }

    private static String hex(InetAddress address, int bytes) {
        return HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), bytes));
    }
}
