package io.growalert.monitor;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.jvm.JvmMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.system.SystemMetricsAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.actuate.web.ServletManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.actuate.endpoint.web.WebMvcHealthEndpointExtensionAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Definitions, schedule, source query, check result, topic: what is imported here is the flow, from top to bottom. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableConfigurationProperties(MonitorServiceSettings.class)
@Import({
    // definition files -> sources, and monitors on growalert.monitors
    DefinitionFiles.class,
    DefinitionWatch.class,
    DefinitionPublisher.class,
    // growalert.monitors -> those of the partitions that this instance holds -> runs on their slots
    MonitorGroup.class,
    HeldMonitors.class,
    // a run -> WatchedMonitor asks its source -> Judge -> RunEncoder
    Sources.class,
    // results -> growalert.check-results
    ResultSender.class,
    Kafka.class,
    // for those who look on
    DeadMan.class,
    KafkaHealth.class,
    MonitorsHealth.class,
    MonitorsEndpoint.class
})
@ImportAutoConfiguration({
    ConfigurationPropertiesAutoConfiguration.class,
    LifecycleAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    TomcatServletWebServerAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    ErrorMvcAutoConfiguration.class,
    EndpointAutoConfiguration.class,
    JacksonEndpointAutoConfiguration.class,
    WebEndpointAutoConfiguration.class,
    ManagementContextAutoConfiguration.class,
    ServletManagementContextAutoConfiguration.class,
    HealthContributorRegistryAutoConfiguration.class,
    HealthEndpointAutoConfiguration.class,
    WebMvcHealthEndpointExtensionAutoConfiguration.class,
    MetricsAutoConfiguration.class,
    CompositeMeterRegistryAutoConfiguration.class,
    PrometheusMetricsExportAutoConfiguration.class,
    JvmMetricsAutoConfiguration.class,
    SystemMetricsAutoConfiguration.class
})
public class MonitorService {
    public static void main(String[] args) {
        try {
            run(List.of(args), true);
        } catch (StartFailure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Starts the service inside another program, which closes the answer in time: there is no shutdown hook.
     *
     * @param settings by property name, above all others; a collection is a list property
     * @throws StartFailure with a line for each setting or definition that is wrong
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        var args = new ArrayList<String>();
        settings.forEach((name, value) -> {
            if (value instanceof Collection<?> items) {
                int index = 0;
                for (var item : items) {
                    args.add("--%s[%d]=%s".formatted(name, index++, item));
                }
            } else {
                args.add("--%s=%s".formatted(name, value));
            }
        });
        return run(args, false);
    }

    private static ConfigurableApplicationContext run(List<String> args, boolean shutdownHook) {
        var all = new ArrayList<>(args);
        all.add("--spring.config.name=monitor-service");
        var application = new SpringApplication(MonitorService.class);
        application.setRegisterShutdownHook(shutdownHook);
        try {
            return application.run(all.toArray(String[]::new));
        } catch (RuntimeException e) {
            throw new StartFailure(e);
        }
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }
}
