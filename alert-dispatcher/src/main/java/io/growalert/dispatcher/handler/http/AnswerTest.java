package io.growalert.dispatcher.handler.http;

import io.growalert.definitions.Section;
import io.growalert.dispatcher.template.Answer;
import io.growalert.evaluation.match.BoundedPattern;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonPointer;

/**
 * A test that the answer to a request must pass.
 *
 * @param pointer a JSON pointer (RFC 6901) to the tested value; empty: the whole text
 * @param equal the value that it must equal; absent: see {@code matches}
 * @param matches a pattern (RE2) that the whole value must match
 * @param isFinal whether an answer that fails parks the delivery, instead of being retried
 */
record AnswerTest(String pointer, Optional<String> equal, Optional<String> matches, boolean isFinal) {
    private static final Map<String, Boolean> OTHERWISE = Map.of("retry", false, "reject", true);

    static Optional<AnswerTest> read(Section section) {
        var pointer = section.text("pointer").orElse("");
        var equal = section.text("equals");
        var matches = section.text("matches");
        boolean isFinal = section.choice("otherwise", OTHERWISE).orElse(false);
        section.finish();
        boolean good = isPointer(section, "pointer", pointer);
        if (equal.isPresent() == matches.isPresent()) {
            section.problem("", "expected exactly one of equals, matches");
            good = false;
        }
        if (matches.isPresent() && !isPattern(matches.get())) {
            section.problem("matches", "expected a pattern of the syntax RE2");
            good = false;
        }
        return good ? Optional.of(new AnswerTest(pointer, equal, matches, isFinal)) : Optional.empty();
    }

    static boolean isPointer(Section section, String key, String pointer) {
        try {
            JsonPointer.compile(pointer);
            return true;
        } catch (IllegalArgumentException e) {
            section.problem(key, "expected a JSON pointer such as /result/id");
            return false;
        }
    }

    private static boolean isPattern(String text) {
        try {
            BoundedPattern.compile(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    boolean passes(Answer answer) {
        var value = pointer.isEmpty() ? answer.text() : answer.at(pointer);
        return equal.map(value::equals)
                .orElseGet(() -> BoundedPattern.compile(matches.orElseThrow()).matches(value));
    }

    /** What failed, without the value, which may be secret. */
    String failure() {
        return (pointer.isEmpty() ? "the answer" : pointer + " of the answer")
                + equal.map(expected -> " is not " + expected)
                        .orElseGet(() -> " does not match " + matches.orElseThrow());
    }
}
