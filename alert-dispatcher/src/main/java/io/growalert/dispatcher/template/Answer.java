package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Wording;
import io.growalert.events.Json;
import io.growalert.events.UnreadableValue;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The answer to a request.
 *
 * @param retryAfter the header {@code Retry-After}
 * @param text the body; at most {@link #LIMIT} bytes of it were read
 * @param json the body as JSON; a missing node when it is longer, broke off or is no JSON
 */
public record Answer(int status, Optional<Duration> retryAfter, String text, JsonNode json) {
    /** In bytes; the connection of a longer answer is closed. */
    public static final int LIMIT = 64 * 1024;

    private static final int SHOWN = 200;

    /** @param isComplete false when only the beginning of the body was read */
    static Answer of(int status, Optional<Duration> retryAfter, byte[] body, boolean isComplete) {
        return new Answer(
                status, retryAfter, new String(body, UTF_8), isComplete ? parsed(body) : MissingNode.getInstance());
    }

    private static JsonNode parsed(byte[] body) {
        try {
            return Json.read(body, JsonNode.class);
        } catch (UnreadableValue | StackOverflowError e) {
            return MissingNode.getInstance();
        }
    }

    public boolean isSuccess() {
        return StatusRule.isSuccess(status);
    }

    /** The text of the value that the JSON pointer selects; empty when there is none. */
    public String at(String pointer) {
        var node = json.at(pointer);
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        return node.isString() ? node.stringValue() : node.toString();
    }

    /** The outcome by the status alone. */
    public Outcome byStatus() {
        return isSuccess()
                ? new Outcome.Delivered("HTTP " + status)
                : StatusRule.failure(status, reason(""), retryAfter);
    }

    /** The outcome of a failure by the status; {@code said} is what the service answered, without secrets and personal data. */
    public Outcome failure(String said) {
        return StatusRule.failure(status, reason(said), retryAfter);
    }

    /** The status and at most 200 characters of {@code said}. */
    public String reason(String said) {
        var plain = Wording.plain(said);
        return plain.isEmpty() ? "HTTP " + status : "HTTP %d: %s".formatted(status, Wording.cut(plain, SHOWN));
    }
}
