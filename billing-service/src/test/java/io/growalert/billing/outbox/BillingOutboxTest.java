package io.growalert.billing.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.growalert.billing.TestDatabase;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import io.growalert.events.Json;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

class BillingOutboxTest {
    private final TestDatabase database = TestDatabase.migrated();
    private final BillingOutbox outbox = new BillingOutbox(database.jdbc());

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void events_are_stored_in_the_order_in_which_they_were_added() {
        var events = LongStream.rangeClosed(1, 500)
                .mapToObj(BillingOutboxTest::version)
                .toList();

        database.transaction().executeWithoutResult(_ -> outbox.add(events));

        assertThat(database.jdbc()
                        .sql("select body from billing.outbox order by sequence")
                        .query(String.class)
                        .list())
                .extracting(body -> Json.read(body.getBytes(UTF_8), BillingEvent.class))
                .isEqualTo(events);
    }

    @Test
    void an_event_added_before_is_rejected_with_all_others() {
        outbox.add(List.of(version(1)));

        assertThatExceptionOfType(DuplicateKeyException.class)
                .isThrownBy(() -> outbox.add(List.of(version(2), version(1))));
        assertThat(database.jdbc()
                        .sql("select count(*) from billing.outbox")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void nothing_is_added_when_the_change_is_rolled_back() {
        database.transaction().executeWithoutResult(status -> {
            outbox.add(List.of(version(1)));
            status.setRollbackOnly();
        });

        assertThat(database.jdbc()
                        .sql("select count(*) from billing.outbox")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private static BillingEvent version(long version) {
        var customer = new BillingRecord.Customer("cus_1", "eur", version, false, false, Instant.EPOCH);
        return BillingEvent.of(customer, version, Instant.EPOCH.plusSeconds(version));
    }
}
