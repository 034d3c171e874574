package io.growalert.standalone;

import io.growalert.gateway.Gateway;
import java.util.HashMap;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** The gateway in front of all services that run here. */
final class GatewayPart {
    private GatewayPart() {}

    static ConfigurableApplicationContext open(UpSettings settings, StoredToken token, DataFolder data) {
        var properties = new HashMap<String, Object>(Map.of(
                "server.port",
                settings.httpPort(),
                // within the time limit of a stop
                "spring.lifecycle.timeout-per-shutdown-phase",
                "10s",
                "growalert.gateway.backends.monitors.url",
                address(settings.monitorsHttpPort()),
                "growalert.gateway.backends.dispatcher.url",
                address(settings.dispatcherHttpPort()),
                "growalert.gateway.backends.billing.url",
                address(settings.billingHttpPort()),
                "growalert.gateway.billing",
                settings.billing().isPresent()));
        if (settings.history()) {
            properties.put("growalert.gateway.history-url", address(settings.historyHttpPort()));
        }
        properties.put("growalert.gateway.operators-file", data.operators());
        properties.put("growalert.gateway.session.key-file", data.sessionKey());
        properties.put("growalert.gateway.definitions", settings.files());
        properties.put("growalert.gateway.identity.private-key-file", data.identityKey());
        properties.put("growalert.gateway.identity.public-key-file", data.identityPublicKey());
        token.file()
                .ifPresentOrElse(
                        file -> properties.put("growalert.gateway.operator-token-file", file),
                        () -> properties.put("growalert.gateway.operator-token", token.value()));
        if (settings.usesSandbox()) {
            properties.put("growalert.gateway.stripe.script", address(settings.sandboxPort()) + "/stripe.js");
            properties.put("growalert.gateway.stripe.api", address(settings.sandboxPort()));
        }
        settings.https().ifPresent(https -> properties.putAll(https.gatewaySettings()));
        return Gateway.start(properties);
    }

    private static String address(int port) {
        return "http://%s:%d".formatted(LoopbackPorts.LOOPBACK, port);
    }
}
