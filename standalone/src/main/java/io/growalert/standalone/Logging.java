package io.growalert.standalone;

import java.nio.file.Path;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Where log lines go. To be called before anything logs. */
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
        // there is one log for all services, and none of them may set it up again
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
