package io.growalert.dispatcher;

import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/** Problem codes of silences, in addition to {@link CommonProblem}. */
enum SilenceProblem implements ProblemCode {
    SILENCE_ENDED,
    /** A mute, an occurrence of a recurring window, or an inhibition. */
    SILENCE_NOT_EDITABLE;

    @Override
    public HttpStatus status() {
        return HttpStatus.CONFLICT;
    }
}
