package io.growalert.browser.console;

import io.growalert.gateway.Gateway;
import io.growalert.gateway.OperatorsFile;
import io.growalert.runtime.http.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.context.ConfigurableApplicationContext;

/** The real gateway with three operators, and one server in place of all services behind it. */
final class ConsoleTown implements AutoCloseable {
    /** Also on a busy machine. */
    static final int PATIENCE_MILLIS = 60_000;

    static final String VIEWER = "vera";
    static final String OPERATOR = "olaf";
    static final String ADMIN = "ada";

    final ConsoleServices services;
    private final Path folder;
    private final OperatorsFile operators;
    private final ConfigurableApplicationContext gateway;
    private final Map<String, String> tokens = new HashMap<>();

    ConsoleTown() throws IOException {
        services = new ConsoleServices();
        folder = Files.createTempDirectory("console");
        operators = new OperatorsFile(folder.resolve("operators.json"));
        adds(VIEWER, Role.VIEWER);
        adds(OPERATOR, Role.OPERATOR);
        adds(ADMIN, Role.ADMIN);
        gateway = Gateway.start(settings());
    }

    private Path definitions() throws IOException {
        return Files.writeString(folder.resolve("farm.yaml"), """
                statusPages:
                  - {name: farm, title: North farm, match: ["site=north"], public: true}
                """);
    }

    private Map<String, Object> settings() throws IOException {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.gateway.operators-file", folder.resolve("operators.json"));
        settings.put("growalert.gateway.routes.api.requests", 100_000);
        settings.put("growalert.gateway.routes.pages.requests", 100_000);
        settings.put("growalert.gateway.routes.console.requests", 100_000);
        // what fails recovers within a test
        settings.put("growalert.gateway.breaker.calls", 10_000);
        settings.put("growalert.gateway.history-url", services.url());
        settings.put("growalert.gateway.definitions", List.of(definitions()));
        for (var backend : List.of("monitors", "dispatcher", "billing")) {
            settings.put("growalert.gateway.backends.%s.url".formatted(backend), services.url());
        }
        return settings;
    }

    void adds(String name, Role role) throws IOException {
        tokens.put(name, operators.add(name, role, Instant.now()).orElseThrow());
    }

    /** The gateway ends the operator's sessions within 5 s. */
    void revokes(String name) throws IOException {
        operators.revoke(name);
    }

    String token(String name) {
        return Objects.requireNonNull(tokens.get(name));
    }

    String address(String path) {
        return URI.create("http://127.0.0.1:%s%s"
                        .formatted(gateway.getEnvironment().getRequiredProperty("local.server.port"), path))
                .toString();
    }

    @Override
    public void close() throws IOException {
        services.close();
        gateway.close();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
