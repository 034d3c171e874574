package io.growalert.dispatcher.handler.teams;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;
import io.growalert.dispatcher.template.StatusRule;
import java.util.regex.Pattern;

/** A workflow answers 202 without a body; an incoming webhook of a connector answers 200 also for what Teams did not accept. */
enum TeamsAnswers implements AnswerRule {
    INSTANCE;

    private static final Pattern FAILED = Pattern.compile("(?s).*endpoint returned HTTP error (\\d{3}).*");

    @Override
    public Outcome outcome(Answer answer) {
        var failed = FAILED.matcher(answer.text());
        if (answer.isSuccess() && failed.matches()) {
            int status = Integer.parseInt(failed.group(1));
            return StatusRule.failure(status, answer.reason("Teams answered HTTP " + status), answer.retryAfter());
        }
        return answer.isSuccess() ? answer.byStatus() : answer.failure(answer.at("/error/code"));
    }
}
