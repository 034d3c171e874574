package io.growalert.dispatcher.handler;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of one attempt with the receiver's response, for the history.
 *
 * @param status of HTTP or SMTP; null without a response
 * @param answer the first 200 characters of the response without secrets; null when there is none
 */
public record Answered(
        Outcome outcome, @Nullable Integer status, @Nullable String answer) {
    private static final int MAX_ANSWER = 200;
    /** Beyond these characters nothing is shown; control characters are replaced in no more. */
    private static final int MAX_READ = 4_000;

    public Answered {
        answer = answer == null ? null : shown(answer);
    }

    /** Without a response. */
    public static Answered none(Outcome outcome) {
        return new Answered(outcome, null, null);
    }

    private static @Nullable String shown(String text) {
        var plain = Wording.plain(text.length() > MAX_READ ? text.substring(0, MAX_READ) : text);
        return plain.isEmpty() ? null : Wording.cut(plain, MAX_ANSWER);
    }
}
