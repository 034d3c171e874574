package io.growalert.history;

import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/** Problem codes of the history, in addition to {@link CommonProblem}. */
enum HistoryProblem implements ProblemCode {
    /** No monitor with this id is defined. */
    UNKNOWN_MONITOR;

    @Override
    public HttpStatus status() {
        return HttpStatus.NOT_FOUND;
    }
}
