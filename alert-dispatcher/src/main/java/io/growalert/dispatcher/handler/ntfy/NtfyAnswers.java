package io.growalert.dispatcher.handler.ntfy;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;

/** The server answers the message with its {@code id}, and an error with {@code error}. */
enum NtfyAnswers implements AnswerRule {
    INSTANCE;

    @Override
    public Outcome outcome(Answer answer) {
        if (!answer.isSuccess()) {
            return answer.failure(answer.at("/error"));
        }
        return answer.at("/id").isEmpty() ? answer.failure("not an answer of ntfy") : answer.byStatus();
    }
}
