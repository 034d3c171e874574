package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redrives of parked messages of groups. */
class GroupRedriveTest extends GroupFixture {
    private static final AlertEvents ATTIC = OFFICE.withSeries(Map.of("room", "attic"));

    @BeforeEach
    void open() {
        bench = routed(BY_SITE);
    }

    @Test
    void a_parked_message_is_redriven_alone_or_with_all_of_its_receiver_unless_later_ones_said_all_of_it() {
        bench.accept(OFFICE.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        assertThat(bench.states()).containsExactly("parked");
        var parked = Ids.delivery(bench.messages().getFirst().id(), "ops");

        assertThat(bench.redrive.redrive("ops", bench.clock.instant().minus(Duration.ofDays(9_999)), _ -> {}))
                .isEqualTo(new Redrive.Redriven(1, 0));
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Due());
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", DELIVERED);

        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.redrive.redrive("ops", bench.clock.instant().minus(Duration.ofDays(9_999)), _ -> {}))
                .isEqualTo(new Redrive.Redriven(0, 1));
        assertThat(bench.redrive.redrive(parked, true)).isEqualTo(new Redrive.Result.Over());
    }

    @Test
    void a_parked_message_that_would_open_one_of_its_alerts_again_is_not_redriven() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        var parked = Ids.delivery(bench.messages().getFirst().id(), "ops");
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);
        assertThat(bench.redrive.redrive("ops", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(1, 0));
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        // the resolution, behind it
        bench.finish("ops", DELIVERED);

        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.redrive.redrive("ops", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(0, 1));
        assertThat(bench.redrive.redrive(parked, true)).isEqualTo(new Redrive.Result.Over());
        assertThat(bench.states()).containsExactly("parked", "delivered");
    }

    @Test
    void a_parked_message_that_alone_has_a_resolution_is_redriven() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", DELIVERED);
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", new Outcome.Rejected("HTTP 401"));
        var parked = Ids.delivery(bench.messages().getLast().id(), "ops");
        bench.accept(LAB.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", DELIVERED);

        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Due());
    }

    @Test
    void a_parked_message_with_a_resolution_is_redriven_behind_a_later_message_without_it() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", DELIVERED);
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", new Outcome.Rejected("HTTP 401"));
        var parked = Ids.delivery(bench.messages().getLast().id(), "ops");
        bench.accept(ATTIC.firing(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", DELIVERED);

        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Due());
        bench.finish("ops", new Outcome.Rejected("HTTP 401"));
        assertThat(bench.redrive.redrive("ops", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(1, 0));
        bench.finish("ops", DELIVERED);

        assertThat(bench.states()).containsExactly("delivered", "delivered", "delivered");
    }
}
