package io.growalert.dispatcher.handler.pushover;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;
import java.time.Duration;
import java.util.Optional;

/**
 * Pushover answers {@code "status": 1}, or an error. By its rules a 4xx must not be repeated, and everything else not before 5
 * seconds.
 */
enum PushoverAnswers implements AnswerRule {
    INSTANCE;

    private static final Duration PAUSE = Duration.ofSeconds(5);

    @Override
    public Outcome outcome(Answer answer) {
        var said = answer.at("/errors/0");
        if (answer.status() >= 400 && answer.status() < 500) {
            return new Outcome.Rejected(answer.reason(said));
        }
        return switch (answer.isSuccess() ? answer.at("/status") : "") {
            case "1" -> answer.byStatus();
            case "0" -> new Outcome.Rejected(answer.reason(said));
            default ->
                new Outcome.Retry(
                        answer.reason("not an answer of Pushover"),
                        Optional.of(answer.retryAfter()
                                .filter(after -> after.compareTo(PAUSE) > 0)
                                .orElse(PAUSE)));
        };
    }
}
