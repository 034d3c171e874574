package io.growalert.dispatcher.handler.slack;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.template.Answer;
import io.growalert.dispatcher.template.AnswerRule;
import java.util.HashMap;
import java.util.Set;

/** What Slack's answers mean; the errors are those of {@code chat.postMessage} and {@code chat.update} in its documentation. */
enum SlackAnswers implements AnswerRule {
    /** The Web API answers errors with the status 200 and {@code "ok": false}. */
    API {
        @Override
        public Outcome outcome(Answer answer) {
            if (!answer.isSuccess()) {
                return answer.failure(answer.at("/error"));
            }
            return switch (answer.at("/ok")) {
                case "true" -> posted(answer);
                case "false" -> failed(answer);
                // an intermediary's page
                default -> answer.failure("not an answer of Slack");
            };
        }
    },
    /** An incoming webhook answers {@code ok}, or an error status with the error as text. */
    WEBHOOK {
        @Override
        public Outcome outcome(Answer answer) {
            var text = answer.text().strip();
            if (answer.isSuccess() && text.equals("ok")) {
                return new Outcome.Delivered("ok");
            }
            return answer.failure(answer.isSuccess() ? "not an answer of Slack" : text);
        }
    };

    private static final Set<String> TEMPORARY = Set.of(
            "ratelimited",
            "rate_limited",
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
            "team_added_to_org",
            "external_channel_migrating",
            "message_limit_exceeded");

    /** Final, because the message itself is not accepted; anything else an administrator may repair. */
    private static final Set<String> FINAL = Set.of(
            "msg_too_long",
            "msg_blocks_too_long",
            "no_text",
            "invalid_blocks",
            "invalid_attachments",
            "too_many_attachments",
            "invalid_arguments",
            "invalid_json",
            "json_not_object",
            "markdown_text_conflict",
            "message_not_found",
            "cant_update_message",
            "edit_window_closed",
            "block_mismatch");

    private static Outcome posted(Answer answer) {
        var captured = new HashMap<String, String>();
        if (!answer.at("/ts").isEmpty() && !answer.at("/channel").isEmpty()) {
            captured.put("ts", answer.at("/ts"));
            captured.put("channel", answer.at("/channel"));
        }
        return new Outcome.Delivered("ok", captured);
    }

    private static Outcome failed(Answer answer) {
        var error = answer.at("/error");
        var reason = answer.reason(error);
        if (TEMPORARY.contains(error)) {
            return new Outcome.Retry(reason, answer.retryAfter());
        }
        return FINAL.contains(error) ? new Outcome.Rejected(reason) : new Outcome.Refused(reason, answer.retryAfter());
    }
}
