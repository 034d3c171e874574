package io.growalert.dispatcher.group;

import io.growalert.events.Status;
import java.time.Instant;
import java.util.Comparator;

/**
 * An incident of a group.
 *
 * @param event the id of its latest event
 * @param status as of the latest event
 * @param isNotified a message says that it fires
 * @param isHeld a silence holds it, or it is outside of its hours
 * @param isUnrepeated it is not notified again: an operator has acknowledged it, or its monitor is paused, or may be
 */
record Member(
        String incident,
        String event,
        Status status,
        Instant firingSince,
        boolean isResolved,
        boolean isNotified,
        boolean isHeld,
        boolean isUnrepeated) {
    /** Failed ones, then those without data, then degraded ones; of these the longest firing. */
    static final Comparator<Member> WORST_FIRST = Comparator.<Member>comparingInt(member -> severity(member.status))
            .thenComparing(Member::firingSince)
            .thenComparing(Member::incident);

    private static int severity(Status status) {
        return switch (status) {
            case FAILED -> 0;
            case NO_DATA -> 1;
            case DEGRADED -> 2;
            case PASSED -> 3;
        };
    }

    Member unrepeated() {
        return new Member(incident, event, status, firingSince, isResolved, isNotified, isHeld, true);
    }

    Member held() {
        return new Member(incident, event, status, firingSince, isResolved, isNotified, true, isUnrepeated);
    }

    boolean isNew() {
        return !isResolved && !isNotified && !isHeld;
    }

    /** Also while it is held: its receiver knows that it fires. */
    boolean isStillFiring() {
        return !isResolved && isNotified;
    }

    /** Its receiver is to be notified that it ended. */
    boolean isNewlyResolved() {
        return isResolved && isNotified && !isHeld;
    }

    /** It ended before its receiver was notified of it. */
    boolean isOver() {
        return isResolved && !isNotified;
    }

    boolean isRepeated() {
        return isStillFiring() && !isHeld && !isUnrepeated;
    }
}
