package io.growalert.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a monitor judges missing data, or a failed query. */
public enum OnMissing {
    @JsonProperty("fail")
    FAIL,
    @JsonProperty("degraded")
    DEGRADED,
    @JsonProperty("ignore")
    IGNORE;

    /** The status of a run or a series by this rule. */
    public Status status() {
        return switch (this) {
            case FAIL -> Status.FAILED;
            case DEGRADED -> Status.DEGRADED;
            case IGNORE -> Status.PASSED;
        };
    }
}
