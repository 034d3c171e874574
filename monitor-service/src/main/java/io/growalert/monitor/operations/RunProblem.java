package io.growalert.monitor.operations;

import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/** Problem codes of runs that an operator requests, in addition to {@link CommonProblem}. */
enum RunProblem implements ProblemCode {
    /** The monitor is never run: another service publishes its results. */
    MONITOR_PUSHED(HttpStatus.CONFLICT),
    /** As many requested runs as this instance permits at once are in progress. */
    TOO_MANY_RUNS(HttpStatus.TOO_MANY_REQUESTS);

    private final HttpStatus status;

    RunProblem(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
