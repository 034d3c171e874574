package io.growalert.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A service as a program: on its own, or inside another program.
 *
 * @param configuration its class with {@code @SpringBootConfiguration}
 * @param name the name of its settings file, {@code name.yml}, which no other service on the class path has
 */
public record Service(Class<?> configuration, String name) {
    /** A message says what, its key-values say which; a value cannot begin a line of its own. */
    private static final String LINE =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{36} - %msg %replace(%kvp){'[\\r\\n]+', ' '}%n";

    /** What holds in every service unless it is set: below its settings file, so that a file, a variable or an argument wins. */
    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            Map.entry("logging.pattern.console", LINE),
            // a file is written only where logging.file.name is set: 10 MB, as Spring Boot has it, and 50 MB of older
            // ones, not packed,
            // which is slower than a flood
            Map.entry("logging.pattern.file", LINE),
            Map.entry("logging.logback.rollingpolicy.file-name-pattern", "${LOG_FILE}.%d{yyyy-MM-dd}.%i"),
            Map.entry("logging.logback.rollingpolicy.total-size-cap", "50MB"),
            // its INFO lines describe its own parts
            Map.entry("logging.level.org.eclipse.jetty", "warn"),
            // it warns of each Host header that cannot be parsed, which any client can send
            Map.entry("logging.level.org.eclipse.jetty.util.HostPort", "error"),
            // open connections; the rest waits
            Map.entry("server.jetty.max-connections", "8192"),
            // the check of the scheduled tasks reports what they would log at each poll while the database is away
            Map.entry("logging.level.com.github.kagkarlsson.scheduler", "warn"),
            Map.entry("logging.level.com.github.kagkarlsson.scheduler.RunUntilShutdown", "off"),
            Map.entry("logging.level.com.github.kagkarlsson.scheduler.RunAndLogErrors", "off"),
            Map.entry("logging.level.com.github.kagkarlsson.scheduler.Executor", "off"),
            // DEGRADED works, and needs an operator: worse than UP, and a 200 all the same
            Map.entry("management.endpoint.health.status.order", "down,out-of-service,degraded,up,unknown"));

    /** Runs until the process is told to stop; what keeps the service from starting goes to standard error, with exit code 1. */
    public void main(String[] arguments) {
        try {
            run(List.of(arguments), true);
        } catch (StartFailure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Starts the service inside another program, which closes the answer in time: there is no shutdown hook.
     *
     * @param settings by property name, above all others; a collection is a list property
     * @throws StartFailure with a line for each thing that is wrong
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
