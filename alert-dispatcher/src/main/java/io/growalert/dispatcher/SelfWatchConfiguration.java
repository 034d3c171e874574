package io.growalert.dispatcher;

import io.growalert.dispatcher.deadman.DeadManCall;
import io.growalert.dispatcher.deadman.DeadManCalls;
import io.growalert.dispatcher.deadman.DeadManHealth;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.state.StateStreams;
import io.growalert.events.SystemMonitor;
import io.growalert.runtime.InstanceFolder;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.loop.LoopHealth;
import io.growalert.runtime.selfwatch.SystemReport;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the service reports about itself: the dead man's call, and the results of its system monitors. */
@Configuration(proxyBeanMethods = false)
class SelfWatchConfiguration {
    @Bean
    DeadManCalls deadMan(
            DispatcherSettings settings,
            KafkaConnection kafka,
            JdbcClient jdbc,
            MeterRegistry meters,
            Notifier notifier) {
        var deadMan = settings.deadMan();
        var url = deadMan.url();
        var call = url == null
                ? null
                : new DeadManCall(DeadManCall.client(deadMan.timeout()), url, deadMan.method(), deadMan.timeout());
        return new DeadManCalls(
                new DeadManCalls.Options(kafka, call, deadMan.every(), deadMan.staleAfter()),
                jdbc,
                meters,
                notifier::makesProgress);
    }

    @Bean("deadManHealthIndicator")
    DeadManHealth deadManHealth(DeadManCalls deadMan) {
        return new DeadManHealth(deadMan);
    }

    @Bean
    RecentDeadLetters recentDeadLetters(KafkaConnection kafka, Clock clock) {
        return new RecentDeadLetters(kafka, clock);
    }

    /** The dispatcher's own results, for the system monitors. */
    @Bean
    SystemReport systemReport(
            KafkaConnection kafka,
            InstanceFolder data,
            Notifier notifier,
            StateStreams state,
            DeadManCalls deadMan,
            RecentDeadLetters deadLetters,
            NotificationLog notifications) {
        return new SystemReport(
                kafka,
                SystemMonitor.Component.DISPATCHER,
                DispatcherFacts.of(data, notifier, state, deadMan, deadLetters, notifications));
    }

    /** The service works without it. */
    @Bean
    LoopHealth systemReportHealthIndicator(SystemReport report) {
        return new LoopHealth(List.of(report.progress()), new Status("DEGRADED"));
    }
}
