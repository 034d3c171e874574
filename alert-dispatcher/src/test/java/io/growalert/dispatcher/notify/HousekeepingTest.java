package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.CannotCreateTransactionException;

class HousekeepingTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void a_part_that_fails_stops_no_other_part() {
        assertThatThrownBy(() -> Housekeeping.all(List.of(
                        fails(new IllegalStateException("first")),
                        () -> done.add("second"),
                        fails(new IllegalStateException("third")),
                        () -> done.add("fourth"))))
                .hasMessage("first")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

        assertThat(done).containsExactly("second", "fourth");
    }

    @Test
    void without_the_database_no_part_waits_for_it_again() {
        assertThatThrownBy(() -> Housekeeping.all(
                        List.of(fails(new CannotCreateTransactionException("away")), () -> done.add("second"))))
                .hasMessage("away");

        assertThat(done).isEmpty();
    }

    private static Runnable fails(RuntimeException failure) {
        return () -> {
            throw failure;
        };
    }
}
