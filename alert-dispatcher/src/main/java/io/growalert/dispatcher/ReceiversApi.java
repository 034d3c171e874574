package io.growalert.dispatcher;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.history.ReceiverActivity;
import io.growalert.dispatcher.notify.CircuitState;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.Operator;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The receivers in use with their states, and tests of them. */
@RestController
class ReceiversApi {
    private final Receivers receivers;
    private final ReceiverActivity activity;
    private final Notifier notifier;
    private final AuditLog audit;

    ReceiversApi(Receivers receivers, ReceiverActivity activity, Notifier notifier, AuditLog audit) {
        this.receivers = receivers;
        this.activity = activity;
        this.notifier = notifier;
        this.audit = audit;
    }

    /** @param receivers by name */
    record ListedReceivers(List<ListedReceiver> receivers) {}

    /**
     * A receiver and its deliveries.
     *
     * @param kind such as webhook; null when it is not defined any more and has deliveries
     * @param state of the circuit breaker at this instance; open while the receiver has failed at another one for a minute
     * @param lastError of the last failure, which may be before the last success
     */
    record ListedReceiver(
            String name,
            @Nullable String kind,
            CircuitState state,
            long queued,
            long parked,
            long held,
            @Nullable Instant lastSuccess,
            @Nullable Instant lastFailure,
            @Nullable String lastError) {}

    @GetMapping("/api/receivers")
    ListedReceivers all() {
        var defined = receivers.all();
        return new ListedReceivers(activity.read(defined.keySet()).stream()
                .map(entry -> {
                    var open = defined.get(entry.receiver());
                    return listed(entry, open == null ? null : open.receiver().kind());
                })
                .toList());
    }

    private ListedReceiver listed(ReceiverActivity.Entry entry, @Nullable String kind) {
        var here = notifier.circuit(entry.receiver());
        return new ListedReceiver(
                entry.receiver(),
                kind,
                here == CircuitState.CLOSED && entry.failsElsewhere() ? CircuitState.OPEN : here,
                entry.queued(),
                entry.parked(),
                entry.held(),
                entry.lastSuccess(),
                entry.lastFailure(),
                entry.lastError());
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
