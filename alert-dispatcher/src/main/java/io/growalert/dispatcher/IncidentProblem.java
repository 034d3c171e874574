package io.growalert.dispatcher;

import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/** Problem codes of incidents, in addition to {@link CommonProblem}. */
enum IncidentProblem implements ProblemCode {
    INCIDENT_RESOLVED;

    @Override
    public HttpStatus status() {
        return HttpStatus.CONFLICT;
    }
}
