package io.growalert.dispatcher;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tests of the receivers in use. */
@RestController
class ReceiversApi {
    private final Receivers receivers;
    private final AuditLog audit;

    ReceiversApi(Receivers receivers, AuditLog audit) {
        this.receivers = receivers;
        this.audit = audit;
    }

    /** The outcome of a test: what a dispatcher would do after it. */
    enum TestOutcome {
        @JsonProperty("delivered")
        DELIVERED,
        @JsonProperty("retry")
        RETRY,
        @JsonProperty("refused")
        REFUSED,
        @JsonProperty("rejected")
        REJECTED
    }

    /** @param detail the receiver's response, or why it failed */
    record TestResult(String receiver, TestOutcome outcome, String detail) {}

    /** Sends a message that is marked as a test, once and now, outside of the receiver's rate and circuit breaker. */
    @PostMapping("/api/receivers/{name}/test")
    TestResult test(@PathVariable String name, Operator operator) throws InterruptedException {
        var found = receivers
                .find(name)
                .orElseThrow(() -> CommonProblem.NOT_FOUND.because("no receiver with the name '%s'".formatted(name)));
        var result = result(name, TestMessage.send(found.receiver(), found.handler()));
        audit.add(operator, "test-receiver", name, null, result);
        return result;
    }

    private static TestResult result(String name, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered delivered -> new TestResult(name, TestOutcome.DELIVERED, delivered.detail());
            case Outcome.Retry retry -> new TestResult(name, TestOutcome.RETRY, retry.reason());
            case Outcome.Refused refused -> new TestResult(name, TestOutcome.REFUSED, refused.reason());
            case Outcome.Rejected rejected -> new TestResult(name, TestOutcome.REJECTED, rejected.reason());
        };
    }
}
