package io.growalert.dispatcher.handler.http;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Wording;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;
import io.growalert.dispatcher.template.StatusRule;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Success by the status and a test, as the receiver's settings say.
 *
 * @param capture JSON pointers of the values to capture, by name
 */
record AnswersBySettings(StatusSet success, Optional<AnswerTest> test, Map<String, String> capture)
        implements AnswerRule {
    private static final int MAX_VALUE = 1_000;

    AnswersBySettings {
        capture = Map.copyOf(capture);
    }

    @Override
    public Outcome outcome(Answer answer) {
        if (!success.contains(answer.status())) {
            return StatusRule.failure(answer.status(), answer.reason(""), answer.retryAfter());
        }
        if (test.isPresent() && !test.get().passes(answer)) {
            var reason = answer.reason(test.get().failure());
            return test.get().isFinal() ? new Outcome.Rejected(reason) : new Outcome.Retry(reason, answer.retryAfter());
        }
        var captured = new HashMap<String, String>();
        capture.forEach((name, pointer) -> {
            var value = answer.at(pointer);
            if (!value.isEmpty() && value.length() <= MAX_VALUE) {
                captured.put(name, Wording.plain(value));
            }
        });
        return new Outcome.Delivered(answer.reason(""), captured);
    }
}
