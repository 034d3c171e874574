package io.growalert.evaluation.alert;

import io.growalert.events.MonitorDefinition;

/** What a complete run without a known series means for the series. */
public enum OnAbsence {
    /** No data: it fires when it lasts. */
    FAILS,
    /** Neither a failure nor a pass. */
    NEUTRAL,
    /** The query returns problems only, so the series passed. */
    PASSES;

    static OnAbsence of(MonitorDefinition definition) {
        return switch (definition.noData()) {
            case FAIL -> FAILS;
            case DEGRADED -> NEUTRAL;
            case IGNORE -> definition.absencePasses() ? PASSES : NEUTRAL;
        };
    }
}
