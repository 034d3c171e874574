package io.growalert.monitor.definitions;

import com.samskivert.mustache.Mustache;
import io.growalert.events.Limits;
import java.util.Map;
import java.util.Optional;

/** Whether a summary can be rendered: renders it once with sample values, compiled as in the dispatcher. */
final class SummaryCheck {
    private static final Map<String, String> SAMPLE =
            Map.of("monitor", "room-co2", "status", "FAILED", "reason", "above 1000", "value", "1203.5", "unit", "ppm");

    private SummaryCheck() {}

    static Optional<String> problemWith(String template) {
        int bytes = Limits.bytes(template);
        if (bytes > Limits.SUMMARY_BYTES) {
            return Optional.of("has %,d bytes; the limit is %,d".formatted(bytes, Limits.SUMMARY_BYTES));
        }
        if (template.isBlank()) {
            return Optional.empty();
        }
        try {
            var compiled =
                    Mustache.compiler().escapeHTML(false).defaultValue("").compile(template);
            compiled.execute(SAMPLE);
            var names = new Names();
            compiled.visit(names);
            return names.empty ? Optional.of("is no Mustache template: a tag without a name") : Optional.empty();
        } catch (RuntimeException | StackOverflowError e) {
            // the library throws many kinds of exceptions for an invalid template
            return Optional.of("is no Mustache template: " + e.getMessage());
        }
    }

    /** Looks for a tag without a name, which the library accepts in sections. */
    private static final class Names implements Mustache.Visitor {
        private boolean empty;

        @Override
        public void visitText(String text) {
            // no name
        }

        @Override
        public void visitVariable(String name) {
            empty |= name.isBlank();
        }

        @Override
        public boolean visitInclude(String name) {
            return false;
        }

        @Override
        public boolean visitSection(String name) {
            empty |= name.isBlank();
            return true;
        }

        @Override
        public boolean visitInvertedSection(String name) {
            empty |= name.isBlank();
            return true;
        }
    }
}
