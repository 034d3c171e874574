package io.growalert.dispatcher;

import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/** Problem codes of redrives, in addition to {@link CommonProblem}. */
enum DeliveryProblem implements ProblemCode {
    NOT_PARKED,
    /** A later event was already delivered; only a forced redrive is accepted. */
    SUPERSEDED;

    @Override
    public HttpStatus status() {
        return HttpStatus.CONFLICT;
    }
}
