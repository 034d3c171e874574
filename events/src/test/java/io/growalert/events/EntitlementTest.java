package io.growalert.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EntitlementTest {
    private static final Instant ENDED = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration GRACE = Duration.ofDays(7);

    @Test
    void is_over_from_the_end_of_the_grace_on() {
        var canceled = new Entitlement("cus_1", 1, ENDED, "canceled", false, ENDED);

        assertThat(canceled.isOver(GRACE, ENDED.plus(GRACE).minusSeconds(1))).isFalse();
        assertThat(canceled.isOver(GRACE, ENDED.plus(GRACE))).isTrue();
    }

    @Test
    void is_never_over_while_a_subscription_allows_it_or_the_end_is_unknown() {
        var late = ENDED.plus(Duration.ofDays(400));

        assertThat(new Entitlement("cus_1", 1, ENDED, "past_due", true, ENDED).isOver(GRACE, late))
                .isFalse();
        assertThat(new Entitlement("cus_1", 1, ENDED, "canceled", false, null).isOver(GRACE, late))
                .isFalse();
    }

    @Test
    void version_and_time_do_not_make_a_difference() {
        var canceled = new Entitlement("cus_1", 1, ENDED, "canceled", false, ENDED);

        assertThat(canceled.isSame(new Entitlement("cus_1", 2, ENDED.plusSeconds(9), "canceled", false, ENDED)))
                .isTrue();
        assertThat(canceled.isSame(new Entitlement("cus_1", 2, ENDED, "canceled", false, null)))
                .isFalse();
        assertThat(canceled.isSame(null)).isFalse();
    }
}
