package io.growalert.dispatcher.template;

import io.growalert.dispatcher.handler.Outcome;

/** What an answer means. Equal rules are equal objects (an enum or a record), so that a reload of equal settings changes nothing. */
@FunctionalInterface
public interface AnswerRule {
    /** Success is 2xx. */
    AnswerRule BY_STATUS = Answer::byStatus;

    Outcome outcome(Answer answer);
}
