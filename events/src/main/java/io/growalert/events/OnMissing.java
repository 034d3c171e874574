package io.growalert.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What it means for a monitor that data is missing, or that its source could not be asked. */
public enum OnMissing {
    @JsonProperty("fail")
    FAIL,
    @JsonProperty("degraded")
    DEGRADED,
    @JsonProperty("ignore")
    IGNORE;

    /** The status a run or a series gets by this rule. */
    public Status status() {
        return switch (this) {
            case FAIL -> Status.FAILED;
            case DEGRADED -> Status.DEGRADED;
            case IGNORE -> Status.PASSED;
        };
    }
}
