package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.TestDatabase;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** A database of the version before. */
class UpgradeTest {
    @Test
    void what_was_parked_before_is_unacknowledged_and_can_be_redriven() {
        try (var database = TestDatabase.empty()) {
            migrate(database, "2");
            database.jdbc().sql("""
                    insert into dispatcher.alert_events (id, alert_id, incident_id, monitor_id, type, slot, body)
                    values ('e', 'a', 'i', 'room-co2', 'firing', now(), '{}')
                    """).update();
            database.jdbc().sql("""
                    insert into dispatcher.deliveries (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver,
                                                       state, attempts, lease_owner, finished_at, detail)
                    values ('parked', 'e', 1, 'a', 'i', 'room-co2', 'ops', 'parked', 3, null, now() - interval '9 days', 'no'),
                           ('delivered', 'e', 1, 'a', 'i', 'room-co2', 'night', 'delivered', 1, null, now(), 'ok'),
                           ('pending', 'e', 1, 'a', 'i', 'room-co2', 'day', 'pending', 1, 'gone:1', null, 'busy')
                    """).update();

            migrate(database, "latest");

            var acknowledgements = new Acknowledgements(database.jdbc(), database.transaction());
            assertThat(acknowledgements.unacknowledged()).containsExactly(Map.entry("ops", 1L));
            assertThat(database.jdbc()
                            .sql("select state from dispatcher.deliveries order by id")
                            .query(String.class)
                            .list())
                    .containsExactly("delivered", "parked", "pending");
            assertThat(new Redrive(database.jdbc(), database.transaction(), acknowledgements).redrive("parked", false))
                    .isEqualTo(new Redrive.Result.Due());
            assertThat(acknowledgements.unacknowledged()).isEmpty();
        }
    }

    private static void migrate(TestDatabase database, String target) {
        Flyway.configure()
                .dataSource(database.pool())
                .schemas("dispatcher")
                .locations("classpath:db/alert-dispatcher")
                .target(target)
                .load()
                .migrate();
    }
}
