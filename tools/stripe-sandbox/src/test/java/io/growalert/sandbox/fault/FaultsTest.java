package io.growalert.sandbox.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.sandbox.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00.900Z"));
    private final Faults faults = new Faults(clock);

    @Test
    void without_faults_nothing_is_changed() {
        assertThat(faults.copies("invoice.paid")).containsExactly(Duration.ZERO);
        assertThat(faults.first(Fault.AfterWork.class, "POST", "/v1/charges")).isEmpty();
        assertThat(faults.ofEvents()).isEqualTo(clock.instant());
    }

    @Test
    void a_fault_meets_the_next_matching_requests_only() {
        faults.add(new Fault.ErrorAfter(), When.next(2).on("POST", "/v1/charges"));

        assertThat(faults.first(Fault.AfterWork.class, "GET", "/v1/charges")).isEmpty();
        assertThat(faults.first(Fault.AfterWork.class, "POST", "/v1/customers")).isEmpty();
        assertThat(faults.first(Fault.BeforeWork.class, "POST", "/v1/charges")).isEmpty();
        assertThat(faults.first(Fault.AfterWork.class, "POST", "/v1/charges")).contains(new Fault.ErrorAfter());
        assertThat(faults.first(Fault.AfterWork.class, "POST", "/v1/charges")).contains(new Fault.ErrorAfter());
        assertThat(faults.first(Fault.AfterWork.class, "POST", "/v1/charges")).isEmpty();
    }

    @Test
    void a_share_hits_its_part_of_requests_and_the_same_ones_each_time() {
        assertThat(hits()).isEqualTo(hits());
        assertThat(hits().stream().filter(hit -> hit)).hasSizeBetween(200, 300);
    }

    @Test
    void cleared_faults_are_over() {
        faults.add(new Fault.Drop());

        faults.clear();

        assertThat(faults.copies("invoice.paid")).hasSize(1);
    }

    @Test
    void webhook_faults_add_up() {
        faults.add(new Fault.Duplicates(3));
        faults.add(new Fault.Delay(Duration.ofSeconds(10)));
        faults.add(new Fault.Shuffle(Duration.ofSeconds(1), 1));

        assertThat(faults.copies("invoice.paid"))
                .hasSize(3)
                .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11)))
                .doesNotHaveDuplicates();
    }

    @Test
    void the_second_of_events_stands_still_and_then_leaps() {
        faults.add(new Fault.SameSecond(Duration.ofSeconds(5)));
        long start = clock.instant().getEpochSecond();

        var seconds = IntStream.range(0, 8)
                .mapToObj(_ -> {
                    long created = faults.ofEvents().getEpochSecond() - start;
                    clock.advance(Duration.ofSeconds(1));
                    return created;
                })
                .toList();

        assertThat(seconds).containsExactly(0L, 0L, 0L, 0L, 0L, 5L, 5L, 5L);
    }

    private List<Boolean> hits() {
        var fresh = new Faults(clock);
        fresh.add(new Fault.ErrorBefore(), When.ALWAYS.share(0.25));
        return IntStream.range(0, 1000)
                .mapToObj(_ ->
                        fresh.first(Fault.BeforeWork.class, "GET", "/v1/events").isPresent())
                .toList();
    }
}
