package io.growalert.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A service as a program, or embedded in another program.
 *
 * @param configuration its class with {@code @SpringBootConfiguration}
 * @param name the name of its settings file, {@code name.yml}, which no other service on the class path has
 */
public record Service(Class<?> configuration, String name) {
    /** The message is the event, the key-values are its objects; a line break in a value becomes a space. */
    private static final String LINE =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{36} - %msg %replace(%kvp){'[\\r\\n]+', ' '}%n";

    /** The defaults of every service. Its settings file, environment variables and arguments override them. */
    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            Map.entry("logging.pattern.console", LINE),
            // only with logging.file.name: 10 MB, and 50 MB of older files, uncompressed, since compression is too slow
            // under load
            Map.entry("logging.pattern.file", LINE),
            Map.entry("logging.logback.rollingpolicy.file-name-pattern", "${LOG_FILE}.%d{yyyy-MM-dd}.%i"),
            Map.entry("logging.logback.rollingpolicy.total-size-cap", "50MB"),
            // its INFO messages describe its components
            Map.entry("logging.level.org.eclipse.jetty", "warn"),
            // it logs a failed start with its stack, which StartFailure reports in one line
            Map.entry("logging.level.org.eclipse.jetty.ee11.webapp.WebAppContext", "off"),
            // it warns of each Host header that cannot be parsed, which any client can send
            Map.entry("logging.level.org.eclipse.jetty.util.HostPort", "error"),
            // on some platforms Spring Boot would trust the forwarding headers of every client; see
            // growalert.http.proxies
            Map.entry("server.forward-headers-strategy", "none"),
            // further connections wait in the backlog
            Map.entry("server.jetty.max-connections", "8192"),
            // while the database is unreachable it logs each poll; the check of the scheduled tasks reports that once
            Map.entry("logging.level.com.github.kagkarlsson.scheduler", "warn"),
            Map.entry("logging.level.com.github.kagkarlsson.scheduler.RunUntilShutdown", "off"),
            Map.entry("logging.level.com.github.kagkarlsson.scheduler.RunAndLogErrors", "off"),
            Map.entry("logging.level.com.github.kagkarlsson.scheduler.Executor", "off"),
            // while Kafka is unreachable each client warns of each attempt; the loops and the health report that once
            Map.entry("logging.level.org.apache.kafka.clients.NetworkClient", "error"),
            // DEGRADED: the service works and an operator must act; still a 200
            Map.entry("management.endpoint.health.status.order", "down,out-of-service,degraded,up,unknown"));

    /** Runs until the process is stopped. A failed start prints its reasons to standard error and exits with code 1. */
    public void main(String[] arguments) {
        try {
            run(List.of(arguments), true);
        } catch (StartFailure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Embedded start, without a shutdown hook. The caller must close the returned context.
     *
     * @param settings by property name, which override all others; a collection is a list property
     * @throws StartFailure with a line for each error
     */
    public ConfigurableApplicationContext start(Map<String, Object> settings) {
        var arguments = new ArrayList<String>();
        settings.forEach((setting, value) -> {
            if (value instanceof Collection<?> items) {
                int index = 0;
                for (var item : items) {
                    arguments.add("--%s[%d]=%s".formatted(setting, index++, item));
                }
            } else {
                arguments.add("--%s=%s".formatted(setting, value));
            }
        });
        return run(arguments, false);
    }

    private ConfigurableApplicationContext run(List<String> arguments, boolean shutdownHook) {
        var all = new ArrayList<>(arguments);
        all.add("--spring.config.name=" + name);
        var application = new SpringApplication(configuration);
        application.setDefaultProperties(DEFAULTS);
        application.setRegisterShutdownHook(shutdownHook);
        try {
            return application.run(all.toArray(String[]::new));
        } catch (RuntimeException e) {
            throw new StartFailure(name, e);
        }
    }
}
