package io.growalert.billing.ledger;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** The errors of the operator's API, as RFC 9457 problem details. */
final class Problem {
    private Problem() {}

    /**
     * @param code for programs, the same for good
     * @param detail in words what is wrong and what was expected
     */
    static ErrorResponseException of(HttpStatus status, String code, String detail) {
        var problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setProperty("code", code);
        return new ErrorResponseException(status, problem, null);
    }
}
