package io.growalert.runtime.kafka;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The servers that a client connects to first, as Kafka's clients read them. */
final class BootstrapServers {
    /** The protocol is ignored; a host is a name, an IPv4 address, or an IPv6 address in brackets. */
    private static final Pattern SERVER = Pattern.compile(
            "(?:(?:SASL_)?(?:PLAINTEXT|SSL)://)?(?:[0-9A-Za-z._%-]+|\\[[0-9A-Za-z:._%-]+]):([0-9]{1,5})");

    private static final Pattern PRINTABLE = Pattern.compile("[0-9A-Za-z:/._%\\[\\] -]{1,100}");
    private static final int MAX_PORT = 65_535;

    private BootstrapServers() {}

    /** @throws KafkaConfigException when one is no server, or there is none */
    static void check(String servers) {
        var all = Stream.of(servers.split(",", -1))
                .map(String::strip)
                .filter(server -> !server.isEmpty())
                .toList();
        if (all.isEmpty()) {
            throw refused("names no server");
        }
        firstInvalid(all);
    }

    private static void firstInvalid(List<String> servers) {
        for (var server : servers) {
            var parsed = SERVER.matcher(server);
            if (!parsed.matches() || !isPort(Integer.parseInt(parsed.group(1)))) {
                // it may have a password
                throw refused(
                        PRINTABLE.matcher(server).matches()
                                ? "names the server %s".formatted(server)
                                : "names a server that is none");
            }
        }
    }

    private static boolean isPort(int port) {
        return port > 0 && port <= MAX_PORT;
    }

    private static KafkaConfigException refused(String what) {
        return new KafkaConfigException(
                "the service's setting kafka, or --kafka, %s; expected HOST:PORT,...".formatted(what));
    }
}
