package io.growalert.monitor;

import io.growalert.runtime.InstanceFolder;
import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.Web;
import io.growalert.runtime.loop.LoopHealth;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
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
    MonitorsEndpoint.class,
    ProblemAdvice.class,
    Web.class
})
public class MonitorService {
    private static final Service SERVICE = new Service(MonitorService.class, "monitor-service");

    public static void main(String[] arguments) {
        SERVICE.main(arguments);
    }

    /**
     * Starts the service inside another program, which closes the answer in time.
     *
     * @param settings by property name, above all others; a collection is a list property
     * @throws StartFailure with a line for each setting or definition that is wrong
     */
    public static ConfigurableApplicationContext start(Map<String, Object> settings) {
        return SERVICE.start(settings);
    }

    /** Taken before anything starts that another instance over it would notice. */
    @Bean
    InstanceFolder data(MonitorServiceSettings settings) {
        return InstanceFolder.open("growalert.monitor.data", settings.data());
    }

    @Bean
    LoopHealth loops(DefinitionWatch files, MonitorGroup definitions, ResultSender results, DeadMan deadMan) {
        return new LoopHealth(
                List.of(files.progress(), definitions.progress(), results.progress(), deadMan.progress()));
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }
}
