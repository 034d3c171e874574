package io.growalert.runtime.http;

import io.growalert.runtime.PlainReason;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The hosts and proxies of a service that is not public.
 *
 * @param hosts names and addresses, without a port, under which it is called, besides those of its own machine
 * @param proxies addresses or networks, such as {@code 10.0.0.0/8}, whose {@code X-Forwarded-*} headers are trusted
 */
@ConfigurationProperties("growalert.http")
public record HttpSettings(
        @DefaultValue List<String> hosts, @DefaultValue List<String> proxies) {
    private static final Pattern HOST = Pattern.compile("[a-z0-9._-]+|\\[?[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*]?");

    public HttpSettings {
        hosts = hosts.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .filter(host -> !host.isEmpty())
                .toList();
        proxies = proxies.stream()
                .map(String::strip)
                .filter(proxy -> !proxy.isEmpty())
                .toList();
        for (var host : hosts) {
            if (!HOST.matcher(host).matches()) {
                throw new Unusable(host);
            }
        }
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(String host) {
            super("growalert.http.hosts: %s: expected a name or an address without a port".formatted(host));
        }
    }
}
