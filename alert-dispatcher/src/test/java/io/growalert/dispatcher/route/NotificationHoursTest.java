package io.growalert.dispatcher.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationHoursTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final TimeInterval OFFICE = interval(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), 8, 18);
    private static final TimeInterval LUNCH = interval(EnumSet.allOf(DayOfWeek.class), 12, 13);
    private static final TimeInterval MONDAY = interval(Set.of(DayOfWeek.MONDAY), 0, 0);

    // 2026-11-27 is a Friday
    @ParameterizedTest
    @CsvSource({
        "2026-11-27T09:00:00Z,",
        "2026-11-27T12:30:00Z, 2026-11-27T13:00:00Z",
        "2026-11-27T07:00:00Z, 2026-11-27T08:00:00Z",
        "2026-11-27T18:00:00Z, 2026-12-01T08:00:00Z",
        "2026-11-30T12:30:00Z, 2026-12-01T08:00:00Z"
    })
    void notifications_wait_until_they_are_active_and_not_muted(Instant now, Instant until) {
        var hours = new NotificationHours(List.of(OFFICE), List.of(LUNCH, MONDAY));

        if (until == null) {
            assertThat(hours.heldUntil(now)).isEmpty();
        } else {
            assertThat(hours.heldUntil(now)).contains(until);
        }
    }

    @Test
    void without_intervals_nothing_waits() {
        assertThat(NotificationHours.ALWAYS.heldUntil(Instant.EPOCH)).isEmpty();
    }

    @Test
    void intervals_that_leave_no_time_are_rejected() {
        assertThatThrownBy(() -> new NotificationHours(List.of(MONDAY), List.of(MONDAY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no time is inside of the active and outside of the mute intervals");
    }

    private static TimeInterval interval(Set<DayOfWeek> days, int from, int to) {
        return new TimeInterval(days, LocalTime.of(from, 0), LocalTime.of(to, 0), UTC);
    }
}
