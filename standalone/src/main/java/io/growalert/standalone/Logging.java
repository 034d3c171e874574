package io.growalert.standalone;

import java.nio.file.Path;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Where log lines are written. Must be called before anything logs. */
final class Logging {
    private Logging() {}

    /** Everything to files in this folder, alerts and warnings to the console as well. */
    static void into(Path folder) {
        System.setProperty("growalert.logs", folder.toString());
        configure("logback-standalone.xml");
    }

    /** Errors to the console and nothing else. */
    static void quiet() {
        configure("logback-command.xml");
    }

    private static void configure(String resource) {
        System.setProperty("logback.configurationFile", resource);
        // all services share one log, which none of them may set up again
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
