package io.growalert.deployment;

import java.nio.file.Path;
import java.util.Locale;

/** The services that have an image. */
enum ServiceImage {
    MONITOR_SERVICE("io.growalert.monitor.MonitorService", 8080, true),
    ALERT_DISPATCHER("io.growalert.dispatcher.AlertDispatcher", 8080, true),
    HISTORY_SERVICE("io.growalert.history.HistoryService", 8080, false),
    BILLING_SERVICE("io.growalert.billing.BillingService", 8080, false),
    GATEWAY("io.growalert.gateway.Gateway", 8080, true),
    STRIPE_SANDBOX("io.growalert.sandbox.StripeSandbox", 12_111, true);

    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private final String mainClass;
    private final int port;
    private final boolean hasData;

    ServiceImage(String mainClass, int port, boolean hasData) {
        this.mainClass = mainClass;
        this.port = port;
        this.hasData = hasData;
    }

    String mainClass() {
        return mainClass;
    }

    int port() {
        return port;
    }

    boolean hasData() {
        return hasData;
    }

    /** Its name, as a module and as an image. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Path tar() {
        var module = this == STRIPE_SANDBOX ? ROOT.resolve("tools") : ROOT;
        return module.resolve(text()).resolve("target/image.tar");
    }
}
