package io.growalert.dispatcher.handler.pagerduty;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;

/** PagerDuty answers 202 with {@code "status": "success"}; 400 is an invalid event, and 429 and 5xx may be repeated. */
enum PagerDutyAnswers implements AnswerRule {
    INSTANCE;

    @Override
    public Outcome outcome(Answer answer) {
        if (!answer.isSuccess()) {
            var first = answer.at("/errors/0");
            return answer.failure(first.isEmpty() ? answer.at("/message") : first);
        }
        return answer.at("/status").equals("success")
                ? answer.byStatus()
                : answer.failure("not an answer of PagerDuty");
    }
}
