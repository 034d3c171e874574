package io.growalert.dispatcher.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.route.TimeInterval.Occurrence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeIntervalTest {
    // 2026-11-27 is a Friday
    private static final TimeInterval OFFICE =
            interval("{days: [mon-fri], from: \"08:00\", to: \"18:00\", zone: Europe/Berlin}");
    private static final TimeInterval NIGHT =
            interval("{days: [mon-fri], from: \"22:00\", to: \"06:00\", zone: Europe/Berlin}");
    private static final TimeInterval WEEKEND = interval("{days: [sat-sun], zone: Europe/Berlin}");

    @ParameterizedTest
    @CsvSource({
        "2026-11-27T06:59:59.999Z, false",
        "2026-11-27T07:00:00Z, true",
        "2026-11-27T16:59:59.999Z, true",
        "2026-11-27T17:00:00Z, false",
        "2026-11-28T10:00:00Z, false",
        "2026-07-31T06:00:00Z, true"
    })
    void an_interval_contains_its_hours_on_its_days_in_its_zone(Instant instant, boolean expected) {
        assertThat(OFFICE.contains(instant)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-26T23:00:00Z, 2026-11-27T05:00:00Z",
        "2026-11-27T21:00:00Z, 2026-11-28T05:00:00Z",
        "2026-11-28T04:59:59Z, 2026-11-28T05:00:00Z",
        "2026-11-28T21:30:00Z,",
        "2026-11-23T03:00:00Z,"
    })
    void an_interval_across_midnight_belongs_to_the_day_it_begins_on(Instant instant, Instant end) {
        if (end == null) {
            assertThat(NIGHT.end(instant)).isEmpty();
        } else {
            assertThat(NIGHT.end(instant)).contains(end);
        }
    }

    @Test
    void whole_days_that_meet_at_midnight_are_one_occurrence() {
        var weekend = new Occurrence(Instant.parse("2026-11-27T23:00:00Z"), Instant.parse("2026-11-29T23:00:00Z"));

        assertThat(WEEKEND.at(Instant.parse("2026-11-28T12:00:00Z"))).contains(weekend);
        assertThat(WEEKEND.at(Instant.parse("2026-11-29T12:00:00Z"))).contains(weekend);
        assertThat(WEEKEND.nextStart(Instant.parse("2026-11-28T12:00:00Z")))
                .isEqualTo(Instant.parse("2026-12-04T23:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-27T06:00:00Z, 2026-11-27T07:00:00Z",
        "2026-11-27T07:00:00Z, 2026-11-30T07:00:00Z",
        "2026-11-28T12:00:00Z, 2026-11-30T07:00:00Z",
        "2026-03-27T12:00:00Z, 2026-03-30T06:00:00Z"
    })
    void the_next_start_is_after_the_instant(Instant instant, Instant start) {
        assertThat(OFFICE.nextStart(instant)).isEqualTo(start);
    }

    @Test
    void an_interval_keeps_its_wall_time_when_the_clock_changes() {
        var nights = interval("{from: \"22:00\", to: \"06:00\", zone: Europe/Berlin}");

        // seven hours in spring, nine in autumn
        assertThat(nights.at(Instant.parse("2026-03-28T23:00:00Z")))
                .contains(new Occurrence(Instant.parse("2026-03-28T21:00:00Z"), Instant.parse("2026-03-29T04:00:00Z")));
        assertThat(nights.at(Instant.parse("2026-10-24T23:00:00Z")))
                .contains(new Occurrence(Instant.parse("2026-10-24T20:00:00Z"), Instant.parse("2026-10-25T05:00:00Z")));
    }

    @Test
    void a_time_that_is_skipped_is_the_moment_of_the_change() {
        var change = Instant.parse("2026-03-29T01:00:00Z");

        assertThat(interval("{from: \"02:30\", to: \"05:00\", zone: Europe/Berlin}")
                        .at(change))
                .contains(new Occurrence(change, Instant.parse("2026-03-29T03:00:00Z")));
        assertThat(interval("{from: \"01:00\", to: \"02:30\", zone: Europe/Berlin}")
                        .end(change.minusSeconds(1)))
                .contains(change);
        assertThat(interval("{from: \"02:10\", to: \"02:30\", zone: Europe/Berlin}")
                        .nextStart(change.minusSeconds(1)))
                .isEqualTo("2026-03-30T00:10:00Z");
    }

    @Test
    void a_time_that_occurs_twice_counts_from_its_first_to_its_last_occurrence() {
        var hour = interval("{from: \"02:10\", to: \"02:30\", zone: Europe/Berlin}");

        assertThat(hour.at(Instant.parse("2026-10-25T01:00:00Z")))
                .contains(new Occurrence(Instant.parse("2026-10-25T00:10:00Z"), Instant.parse("2026-10-25T01:30:00Z")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{days: [fri-mon], zone: UTC} | mon,fri,sat,sun 00:00-24:00 UTC",
                "{days: [Monday, wed], from: 8:05, to: '24:00', zone: UTC} | mon,wed 08:05-24:00 UTC",
                "{from: '22:00', to: '06:00', zone: Asia/Tokyo} | mon,tue,wed,thu,fri,sat,sun 22:00-06:00 Asia/Tokyo"
            })
    void days_are_names_or_ranges_and_default_to_all(String yaml, String expected) {
        assertThat(interval(yaml)).hasToString(expected);
    }

    @Test
    void what_is_invalid_is_reported_with_its_place() {
        assertThat(problems("""
                interval:
                  days: [mon-fri, someday]
                  from: "25:00"
                  to: noon
                  zone: Europe/Atlantis
                """))
                .containsExactly(
                        "farm.yaml:2:19: interval.days: expected one of mon, tue, wed, thu, fri, sat, sun, or a range such as "
                                + "mon-fri, not 'someday'",
                        "farm.yaml:3:3: interval.from: expected a time from 00:00 to 24:00, not '25:00'",
                        "farm.yaml:4:3: interval.to: expected a time from 00:00 to 24:00, not 'noon'",
                        "farm.yaml:5:3: interval.zone: expected a time zone such as Europe/Berlin or UTC, not 'Europe/Atlantis'");
    }

    @Test
    void an_interval_needs_a_zone_a_day_and_a_time_outside_of_it() {
        assertThat(problems("interval: {from: \"08:00\"}"))
                .containsExactly("farm.yaml:1:11: interval.zone: is missing; it is required");
        assertThat(problems("interval: {days: [], zone: UTC}"))
                .containsExactly("farm.yaml:1:11: interval: an interval has at least one day");
        assertThat(problems("interval: {zone: UTC}"))
                .containsExactly("farm.yaml:1:11: interval: all hours of all days are no interval; leave it out");
    }

    private static TimeInterval interval(String yaml) {
        var problems = new Problems();
        var section = DefinitionFile.parse("farm.yaml", "interval: " + yaml, new Variables(Map.of()), problems)
                .orElseThrow()
                .section("interval")
                .orElseThrow();
        var interval = TimeInterval.read(section);
        section.finish();
        assertThat(problems.inOrder()).isEmpty();
        return interval.orElseThrow();
    }

    private static List<String> problems(String yaml) {
        var problems = new Problems();
        DefinitionFile.parse("farm.yaml", yaml, new Variables(Map.of()), problems)
                .flatMap(root -> root.section("interval"))
                .ifPresent(TimeInterval::read);
        return problems.inOrder().stream().map(DefinitionProblem::toString).toList();
    }
}
