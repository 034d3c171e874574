package io.growalert.runtime.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Turns every error of a service, of the framework and of the container into a problem detail with its {@link ProblemCode}.
 * An internal error shows no detail to the client.
 */
@RestControllerAdvice
@Order(0)
@Import(ContainerErrors.class)
public class ProblemAdvice extends ResponseEntityExceptionHandler {
    /** The request attribute with the problem code of the response. */
    public static final String ATTRIBUTE = ProblemAdvice.class.getName() + ".code";

    static final String INTERNAL_ERROR = "internal error";

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> unexpected(RuntimeException e, WebRequest request) throws Exception {
        LOG.atError().setCause(e).log("Request failed with an internal error");
        return handleException(CommonProblem.INTERNAL_ERROR.because(INTERNAL_ERROR), request);
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        TransientDataAccessException.class,
        CannotCreateTransactionException.class,
        // the commit failed, and its outcome is unknown
        TransactionSystemException.class
    })
    @Nullable
    ResponseEntity<Object> database(Exception e, WebRequest request) throws Exception {
        LOG.atWarn()
                .addKeyValue("reason", e.getClass().getSimpleName())
                .log("Database unavailable during a request; the client can retry");
        return handleException(
                CommonProblem.DATABASE_UNAVAILABLE.retryAfter(Duration.ofSeconds(5), "retry later"), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var name = String.valueOf(e.getPropertyName());
        var expected = e.getRequiredType() == boolean.class ? "true or false" : "a whole number";
        return answer(CommonProblem.INVALID_FIELD.in(name, "%s: expected %s".formatted(name, expected)), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        var name = e.getParameterName();
        return answer(CommonProblem.INVALID_FIELD.in(name, name + ": expected, and missing"), request);
    }

    /** An endpoint that reads JSON can give a more specific detail by its own handler. */
    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return answer(CommonProblem.MALFORMED_JSON.because("the body is not the JSON that is expected"), request);
    }

    private @Nullable ResponseEntity<Object> answer(ErrorResponseException problem, WebRequest request) {
        return handleErrorResponseException(problem, problem.getHeaders(), problem.getStatusCode(), request);
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (body instanceof ProblemDetail problem) {
            if (codeOf(problem) == null) {
                problem.setProperty(
                        ProblemCode.CODE, CommonProblem.of(status.value()).code());
            }
            request.setAttribute(ATTRIBUTE, String.valueOf(codeOf(problem)), RequestAttributes.SCOPE_REQUEST);
        }
        return super.createResponseEntity(body, headers, status, request);
    }

    private static @Nullable Object codeOf(ProblemDetail problem) {
        var properties = problem.getProperties();
        return properties == null ? null : properties.get(ProblemCode.CODE);
    }
}
