package io.growalert.evaluation.threshold;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One series of an answer.
 *
 * @param labels identify the series among the others; a label without a value is left out
 * @param value a {@link Number}, or what the source has instead: text, a boolean, null
 */
public record Row(Map<String, String> labels, @Nullable Object value) {
    public Row {
        labels = Map.copyOf(labels);
    }
}
