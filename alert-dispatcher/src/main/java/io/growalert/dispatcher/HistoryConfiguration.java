package io.growalert.dispatcher;

import io.growalert.dispatcher.history.AttemptList;
import io.growalert.dispatcher.history.DeliveryList;
import io.growalert.dispatcher.history.IncidentHistory;
import io.growalert.dispatcher.history.IncidentList;
import io.growalert.dispatcher.history.IncidentReports;
import io.growalert.dispatcher.history.ReceiverActivity;
import io.growalert.dispatcher.history.SilenceList;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.dispatcher.silence.SilenceHistory;
import io.growalert.runtime.InstanceFolder;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What operators read of incidents, deliveries and silences. */
@Configuration(proxyBeanMethods = false)
class HistoryConfiguration {
    @Bean
    IncidentHistory history(JdbcClient jdbc) {
        return new IncidentHistory(jdbc);
    }

    @Bean
    IncidentList incidentList(JdbcClient jdbc) {
        return new IncidentList(jdbc);
    }

    @Bean
    DeliveryList deliveryList(JdbcClient jdbc) {
        return new DeliveryList(jdbc);
    }

    @Bean
    ReceiverActivity receiverActivity(JdbcClient jdbc, InstanceFolder data) {
        return new ReceiverActivity(jdbc, data.instanceId());
    }

    @Bean
    AttemptList attemptList(JdbcClient jdbc) {
        return new AttemptList(jdbc);
    }

    @Bean
    SilenceHistory silenceHistory(JdbcClient jdbc, Clock clock) {
        return new SilenceHistory(jdbc, clock);
    }

    @Bean
    SilenceList silenceList(SilenceHistory silences) {
        return new SilenceList(silences);
    }

    @Bean
    IncidentReports incidentReports(JdbcClient jdbc, SilenceHistory silences, Receivers receivers, Clock clock) {
        return new IncidentReports(jdbc, silences, receivers::routes, clock);
    }
}
