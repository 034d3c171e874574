package io.growalert.history.ingest;

import io.growalert.events.MonitorDefinition;
import java.time.Duration;

/**
 * When results of a monitor are expected, from its definition.
 *
 * @param silence after how long without a result the monitor is not checked any more
 * @param pushed several instances may publish results of one slot, each with its own series
 * @param absencePasses an absent series passed
 * @param forgetAfter how long an absent series is known
 */
record MonitorRules(Duration every, Duration silence, boolean pushed, boolean absencePasses, Duration forgetAfter) {
    static MonitorRules of(MonitorDefinition definition) {
        return new MonitorRules(
                definition.every(),
                definition.silenceLimit(),
                definition.pushed(),
                definition.absencePasses(),
                definition.alert().forgetAfter());
    }
}
