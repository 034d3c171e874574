package io.growalert.dispatcher.handler.telegram;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;
import io.growalert.dispatcher.template.RetryAfter;
import io.growalert.dispatcher.template.StatusRule;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Telegram answers {@code ok}, and an error as {@code error_code}, {@code description} and {@code parameters}. */
enum TelegramAnswers implements AnswerRule {
    INSTANCE;

    @Override
    public Outcome outcome(Answer answer) {
        return switch (answer.at("/ok")) {
            case "true" -> delivered(answer);
            case "false" -> failed(answer);
            default -> answer.failure("not an answer of Telegram");
        };
    }

    private static Outcome delivered(Answer answer) {
        var id = answer.json().at("/result/message_id");
        return id.isIntegralNumber()
                ? new Outcome.Delivered("ok", Map.of("message_id", id.toString()))
                : new Outcome.Delivered("ok");
    }

    private static Outcome failed(Answer answer) {
        var code = answer.json().at("/error_code");
        var wait = answer.json().at("/parameters/retry_after");
        var after = (wait.isIntegralNumber() ? RetryAfter.seconds(wait.toString()) : Optional.<Duration>empty())
                .or(answer::retryAfter);
        int status = code.isIntegralNumber() && code.canConvertToInt() ? code.intValue() : answer.status();
        return StatusRule.failure(status, answer.reason(answer.at("/description")), after);
    }
}
