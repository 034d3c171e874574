package io.growalert.dispatcher.handler.twilio;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;

/** Twilio answers the queued message with its {@code sid}, and an error with a {@code code}; the texts may hold phone numbers. */
enum TwilioAnswers implements AnswerRule {
    INSTANCE;

    @Override
    public Outcome outcome(Answer answer) {
        if (!answer.isSuccess()) {
            var code = answer.at("/code");
            return answer.failure(code.isEmpty() ? "" : "error " + code);
        }
        if (answer.at("/sid").isEmpty()) {
            return answer.failure("not an answer of Twilio");
        }
        return switch (answer.at("/status")) {
            case "failed", "undelivered" -> new Outcome.Rejected(answer.reason("error " + answer.at("/error_code")));
            case String _ -> new Outcome.Delivered(answer.reason(answer.at("/sid")));
        };
    }
}
