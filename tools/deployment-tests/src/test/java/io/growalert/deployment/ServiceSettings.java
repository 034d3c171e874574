package io.growalert.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.BillingSettings;
import io.growalert.dispatcher.DispatcherSettings;
import io.growalert.gateway.GatewaySettings;
import io.growalert.history.HistorySettings;
import io.growalert.monitor.MonitorServiceSettings;
import io.growalert.runtime.brand.Brand;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.http.HttpSettings;
import io.growalert.runtime.http.IdentitySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * The settings of a service as a manifest may name them.
 *
 * @param file its defaults
 * @param records by prefix
 */
record ServiceSettings(String file, Map<String, Class<?>> records) {
    private static final Map<String, Class<?>> COMMON = Map.of(
            "growalert.http", HttpSettings.class,
            "growalert.identity", IdentitySettings.class,
            "growalert.entitlements", EntitlementSettings.class);

    /** Spring Boot's, which {@code ImageStartTest} and the gateway's {@code TlsTest} use. */
    private static final Set<String> FOREIGN = Set.of(
            "SPRING_CONFIG_IMPORT",
            "SERVER_SSL_BUNDLE",
            "SPRING_SSL_BUNDLE_PEM_WEB_KEYSTORE_CERTIFICATE",
            "SPRING_SSL_BUNDLE_PEM_WEB_KEYSTORE_PRIVATEKEY",
            "SPRING_SSL_BUNDLE_PEM_WEB_KEYSTORE_VERIFYKEYS",
            "SPRING_SSL_BUNDLE_PEM_WEB_RELOADONUPDATE");

    /** Of a property whose value is not known: a text, a number, a list. */
    private static final Object VALUE = "1";

    static ServiceSettings of(String service) {
        return switch (service) {
            case "monitor-service" ->
                with("monitor-service", Map.of("growalert.monitor", MonitorServiceSettings.class));
            case "alert-dispatcher" ->
                with("alert-dispatcher", Map.of("growalert.dispatcher", DispatcherSettings.class));
            case "history-service" -> with("history", Map.of("growalert.history", HistorySettings.class));
            case "billing-service" ->
                with(
                        "billing-service",
                        Map.of("growalert.billing", BillingSettings.class, "growalert.brand", Brand.class));
            case "gateway" ->
                new ServiceSettings(
                        "gateway", Map.of("growalert.gateway", GatewaySettings.class, "growalert.brand", Brand.class));
            default -> throw new IllegalArgumentException(service);
        };
    }

    private static ServiceSettings with(String file, Map<String, Class<?>> own) {
        var all = new HashMap<>(COMMON);
        all.putAll(own);
        return new ServiceSettings(file, Map.copyOf(all));
    }

    /**
     * Fails when a variable or a property is none of the service's, or its value has the wrong type.
     *
     * @param properties of which the values are not known
     */
    void requireKnown(Map<String, String> environment, Collection<String> properties) {
        assertThat(environment.keySet())
                .allMatch(variable -> FOREIGN.contains(variable)
                        || records.keySet().stream()
                                .anyMatch(prefix -> variable.startsWith(
                                        prefix.replace('.', '_').toUpperCase(Locale.ROOT) + "_")));
        assertThat(properties)
                .allMatch(property -> records.keySet().stream().anyMatch(prefix -> property.startsWith(prefix + ".")));
        PropertySource<?> variables =
                new SystemEnvironmentPropertySource("systemEnvironment", new HashMap<>(environment));
        PropertySource<?> files = new MapPropertySource(
                "secrets", properties.stream().collect(Collectors.toMap(Function.identity(), _ -> VALUE)));
        var binder = new Binder(
                ConfigurationPropertySources.from(List.of(variables, files, defaults())),
                null,
                ApplicationConversionService.getSharedInstance());
        var handler = new NoUnboundElementsBindHandler(
                BindHandler.DEFAULT, source -> List.of(variables, files).contains(source.getUnderlyingSource()));
        records.forEach((prefix, type) -> binder.bind(prefix, Bindable.of(type), handler));
    }

    /** How long a phase of its stop may take. */
    Duration longestStop() {
        var source = defaults();
        var value = source.getProperty("spring.lifecycle.timeout-per-shutdown-phase");
        // Spring Boot's default
        return value == null ? Duration.ofSeconds(30) : Duration.parse("PT" + value);
    }

    private PropertySource<?> defaults() {
        try {
            return new YamlPropertySourceLoader()
                    .load("classpath", new ClassPathResource(file + ".yml"))
                    .getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
