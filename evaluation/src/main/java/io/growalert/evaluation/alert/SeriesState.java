package io.growalert.evaluation.alert;

import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import java.time.Instant;
import java.util.Map;

/** One known series in memory. Of a healthy series only the last slot changes, which is not stored. */
final class SeriesState {
    final Map<String, String> labels;
    final String alert;
    private AlertState.Judged state;
    private Instant last;

    /**
     * @param last the last slot that was judged
     */
    SeriesState(Map<String, String> labels, String alert, AlertState.Judged state, Instant last) {
        this.labels = labels;
        this.alert = alert;
        this.state = state;
        this.last = last;
    }

    AlertState.Judged state() {
        return state;
    }

    boolean isJudgedUpTo(Instant slot) {
        return !slot.isAfter(last);
    }

    /** Whether this result changes nothing. */
    boolean isHealthy(SeriesResult result) {
        return result.status() != Status.FAILED && state.equals(AlertState.WELL);
    }

    Instant last() {
        return last;
    }

    void judgedAt(Instant slot) {
        last = slot;
    }

    void become(AlertState.Judged next) {
        state = next;
    }
}
