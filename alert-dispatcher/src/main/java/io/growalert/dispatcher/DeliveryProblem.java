package io.growalert.dispatcher;

import io.growalert.service.CommonProblem;
import io.growalert.service.ProblemCode;
import org.springframework.http.HttpStatus;

/** Why a delivery is not sent again, beside {@link CommonProblem}. */
enum DeliveryProblem implements ProblemCode {
    NOT_PARKED,
    /** A later event was told already; sending it nevertheless has to be asked for. */
    SUPERSEDED;

    @Override
    public HttpStatus status() {
        return HttpStatus.CONFLICT;
    }
}
