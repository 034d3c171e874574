package io.growalert.definitions;

import java.io.StringReader;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * The parser's view of a text that is in memory. The library's reader copies the part of a token read so far for every
 * further kilobyte: a comment of 4 MB on one line takes 9 s, one of 60 MB does not finish.
 */
final class WholeText extends StreamReader {
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    /** Marks contain no text: problems name a place and quote nothing. */
    private static final int[] NO_SNIPPET = {};

    private final String name;
    private final String text;
    /** The text as code points; null when each is one character. */
    private final int @Nullable [] codePoints;

    private final int length;
    private int pointer;
    private int documentStart;
    private int line;
    private int column;

    /** @throws ReaderException when a character is not allowed in YAML */
    WholeText(String name, String text) {
        super(new StringReader(""));
        this.name = name;
        this.text = text;
        this.codePoints = text.chars().anyMatch(c -> Character.isSurrogate((char) c))
                ? text.codePoints().toArray()
                : null;
        this.length = codePoints == null ? text.length() : codePoints.length;
        for (int i = 0; i < length; i++) {
            if (!isPrintable(at(i))) {
                throw new ReaderException(name, i, at(i), "special characters are not allowed");
            }
        }
    }

    private int at(int index) {
        return codePoints == null ? text.charAt(index) : codePoints[index];
    }

    @Override
    public Mark getMark() {
        return new Mark(name, pointer, line, column, NO_SNIPPET, 0);
    }

    @Override
    public void forward() {
        forward(1);
    }

    @Override
    public void forward(int count) {
        for (int i = 0; i < count && pointer < length; i++) {
            int c = at(pointer++);
            if (isLineBreak(c)) {
                line++;
                column = 0;
            } else if (c != BYTE_ORDER_MARK) {
                column++;
            }
        }
    }

    private boolean isLineBreak(int c) {
        return switch (c) {
            case '\n', 0x85, 0x2028, 0x2029 -> true;
            case '\r' -> peek() != '\n';
            default -> false;
        };
    }

    @Override
    public int peek() {
        return peek(0);
    }

    /** The character at this distance; 0 after the end. */
    @Override
    public int peek(int index) {
        return pointer + index < length ? at(pointer + index) : 0;
    }

    @Override
    public String prefix(int count) {
        int end = Math.min(pointer + count, length);
        return codePoints == null ? text.substring(pointer, end) : new String(codePoints, pointer, end - pointer);
    }

    @Override
    public String prefixForward(int count) {
        var prefix = prefix(count);
        int moved = Math.min(count, length - pointer);
        pointer += moved;
        column += moved;
        return prefix;
    }

    @Override
    public int getColumn() {
        return column;
    }

    @Override
    public int getLine() {
        return line;
    }

    @Override
    public int getIndex() {
        return pointer;
    }

    @Override
    public int getDocumentIndex() {
        return pointer - documentStart;
    }

    @Override
    public void resetDocumentIndex() {
        documentStart = pointer;
    }
}
