package io.growalert.standalone;

import java.io.PrintWriter;
import java.util.regex.Pattern;

/**
 * Prints what others wrote, such as comments and the answers of receivers, to a terminal: a character that controls a terminal or the
 * direction of text becomes U+FFFD.
 */
final class TerminalWriter extends PrintWriter {
    private static final Pattern CONTROLS =
            Pattern.compile("[\\p{Cc}&&[^\\n\\t]]|[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]");

    TerminalWriter(PrintWriter out) {
        super(out, true);
    }

    @Override
    public void println(String line) {
        super.println(CONTROLS.matcher(line).replaceAll("\uFFFD"));
    }

    /** The terminal's own writer stays open. */
    @Override
    public void close() {
        flush();
    }
}
