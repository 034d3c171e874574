package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.AlertEvent;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stage 4, stored: the deliveries that new events plan. */
final class PlannedDeliveries {
    private final JdbcClient jdbc;
    private final NotificationLog log;

    PlannedDeliveries(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.log = new NotificationLog(jdbc);
    }

    private static final String ADD = """
            insert into dispatcher.deliveries
                   (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state, held_by, started_inside,
                    finished_at, detail)
            select id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state, string_to_array(holds, ','),
                   started_inside,
                   case when state = 'muted' then clock_timestamp() end,
                   case when state = 'muted' then case when acknowledged then 'acknowledged' else 'silenced' end end
            from unnest(:ids::text[], :events::text[], :sequences::bigint[], :alerts::text[], :incidents::text[],
                        :monitors::text[], :receivers::text[], :states::text[], :holds::text[], :startedInside::boolean[],
                        :acknowledged::boolean[])
                 as d (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state, holds, started_inside,
                       acknowledged)
            """;

    void add(List<Pipeline.Planned> planned) {
        if (planned.isEmpty()) {
            return;
        }
        jdbc.sql(ADD)
                .param("ids", Columns.texts(planned, Pipeline.Planned::id))
                .param("events", Columns.texts(planned, delivery -> delivery.recorded()
                        .event()
                        .id()))
                .param("sequences", Columns.numbers(planned, delivery -> delivery.recorded()
                        .sequence()))
                .param("alerts", Columns.texts(planned, Pipeline.Planned::group))
                .param("incidents", Columns.texts(planned, delivery -> delivery.recorded()
                        .event()
                        .incident()))
                .param("monitors", Columns.texts(planned, delivery -> delivery.recorded()
                        .event()
                        .monitor()))
                .param("receivers", Columns.texts(planned, Pipeline.Planned::receiver))
                .param("states", Columns.texts(planned, delivery -> state(delivery.decision())))
                .param("holds", Columns.texts(planned, delivery -> String.join(",", delivery.holds())))
                .param("startedInside", Columns.flags(planned, PlannedDeliveries::startsInside))
                .param("acknowledged", Columns.flags(planned, Pipeline.Planned::isAcknowledged))
                .update();
        log.addDeliveries(NotificationEvent.Type.DELIVERY_HELD, ids(planned, Hold.Decision.HOLD));
        log.addDeliveries(NotificationEvent.Type.DELIVERY_DROPPED, ids(planned, Hold.Decision.DROP));
    }

    private static List<String> ids(List<Pipeline.Planned> planned, Hold.Decision decision) {
        return planned.stream()
                .filter(delivery -> delivery.decision() == decision)
                .map(Pipeline.Planned::id)
                .toList();
    }

    private static boolean startsInside(Pipeline.Planned delivery) {
        return delivery.decision() == Hold.Decision.HOLD
                && delivery.recorded().event().type() == AlertEvent.Type.FIRING;
    }

    private static String state(Hold.Decision decision) {
        return switch (decision) {
            case DELIVER -> "pending";
            case HOLD -> "held";
            case DROP -> "muted";
        };
    }
}
