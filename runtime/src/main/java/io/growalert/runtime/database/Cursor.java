package io.growalert.runtime.database;

import io.growalert.events.Json;
import io.growalert.events.StorableText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The position behind a row of a list: the values that the list is ordered by. A client gets it as opaque text, and continues
 * there, whatever was added meanwhile.
 */
public record Cursor(List<String> values) {
    private static final int MAX_LENGTH = 1_000;

    public Cursor {
        values = List.copyOf(values);
    }

    /** The position behind a row with these values. */
    public static Cursor of(Object... values) {
        return new Cursor(Stream.of(values).map(String::valueOf).toList());
    }

    /** The text is not the cursor of the list; the message says what was expected. */
    public static final class InvalidCursor extends RuntimeException {
        private static final long serialVersionUID = 1;

        InvalidCursor(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Reads the opaque text.
     *
     * @throws InvalidCursor when it is no cursor
     */
    public static Cursor read(String text) {
        try {
            var values = List.of(Json.read(Base64.getUrlDecoder().decode(text), String[].class));
            if (text.length() <= MAX_LENGTH && values.stream().allMatch(StorableText::is)) {
                return new Cursor(values);
            }
            throw invalid(null);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw invalid(e);
        }
    }

    private static InvalidCursor invalid(@Nullable Throwable cause) {
        return new InvalidCursor("expected the cursor of an earlier response of this list", cause);
    }

    /** The opaque text. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(values));
    }

    /** @throws InvalidCursor when it has another number of values */
    public Cursor requireSize(int size) {
        if (values.size() != size) {
            throw invalid(null);
        }
        return this;
    }

    /** @throws InvalidCursor when the value is no instant of the database */
    public OffsetDateTime time(int index) {
        try {
            var instant = Instant.parse(values.get(index));
            if (!instant.isBefore(Instant.EPOCH) && !instant.isAfter(Columns.LATEST)) {
                return Columns.time(instant);
            }
            throw invalid(null);
        } catch (DateTimeException e) {
            throw invalid(e);
        }
    }

    /** @throws InvalidCursor when the value is no number */
    public long number(int index) {
        try {
            return Long.parseLong(values.get(index));
        } catch (NumberFormatException e) {
            throw invalid(e);
        }
    }

    public String value(int index) {
        return values.get(index);
    }
}
