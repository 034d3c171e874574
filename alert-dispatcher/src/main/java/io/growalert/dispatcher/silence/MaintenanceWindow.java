package io.growalert.dispatcher.silence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.route.TimeInterval;
import io.growalert.evaluation.match.Matcher;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A recurring silence. */
public record MaintenanceWindow(List<Matcher> matchers, TimeInterval interval, String comment) {
    public MaintenanceWindow {
        matchers = List.copyOf(matchers);
    }

    /** The start of the ids of its silences; an equal window has the same. */
    String prefix() {
        var text = "%s\n%s\n%s".formatted(matchers, interval, comment);
        return "window-" + UUID.nameUUIDFromBytes(text.getBytes(UTF_8)) + "-";
    }

    /** The silence of the occurrence that contains this instant; empty when none does. */
    Optional<Silence> at(Instant now) {
        return interval.at(now)
                .map(occurrence -> new Silence(
                        prefix() + occurrence.start().getEpochSecond(),
                        SilenceTable.texts(matchers),
                        occurrence.start(),
                        occurrence.end(),
                        comment,
                        Windows.AUTHOR,
                        now,
                        now,
                        null,
                        Silence.Origin.WINDOW));
    }
}
