package io.growalert.alerts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A listener that remembers. */
final class Recorder implements MonitorListener {
    private final List<Run> runs = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> problems = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void ran(Run run) {
        runs.add(run);
    }

    @Override
    public void alertFailed(String monitor, Throwable thrown) {
        problems.add(thrown);
    }

    @Override
    public void intervalFailed(String monitor, Throwable thrown) {
        problems.add(thrown);
    }

    List<Run> runs() {
        return List.copyOf(runs);
    }

    List<Throwable> problems() {
        return List.copyOf(problems);
    }

    List<CheckOutcome> results() {
        return runs().stream().map(Run::outcome).toList();
    }

    /** The slots of the runs, in seconds since the given one. */
    List<Long> secondsSince(Instant first) {
        return runs().stream()
                .map(run -> run.slot().getEpochSecond() - first.getEpochSecond())
                .toList();
    }

    List<Long> missed() {
        return runs().stream().map(Run::missedSlots).toList();
    }
}
