package io.growalert.dispatcher;

import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/** Why a delivery is not sent again, beside {@link CommonProblem}. */
enum DeliveryProblem implements ProblemCode {
    NOT_PARKED,
    /** A later event was delivered already; only a forced redrive sends it nevertheless. */
    SUPERSEDED;

    @Override
    public HttpStatus status() {
        return HttpStatus.CONFLICT;
    }
}
