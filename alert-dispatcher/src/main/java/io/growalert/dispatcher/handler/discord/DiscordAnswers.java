package io.growalert.dispatcher.handler.discord;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;
import java.time.Duration;
import java.util.Optional;

/** Discord answers an error with {@code message} and {@code code}, and 429 with {@code retry_after} in seconds. */
enum DiscordAnswers implements AnswerRule {
    INSTANCE;

    private static final double MAX_SECONDS = 86_400;

    @Override
    public Outcome outcome(Answer answer) {
        if (answer.isSuccess()) {
            return answer.byStatus();
        }
        var said = answer.at("/message");
        if (answer.status() == 429) {
            var wait = answer.json().at("/retry_after");
            var after = wait.isNumber() ? Optional.of(seconds(wait.doubleValue())) : answer.retryAfter();
            return new Outcome.Retry(answer.reason(said), after);
        }
        return answer.failure(said);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(Math.clamp(seconds, 0, MAX_SECONDS) * 1_000));
    }
}
