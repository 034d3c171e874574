package io.growalert.dispatcher.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Json;
import io.growalert.events.StorableText;
import io.growalert.events.UnreadableValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;

/**
 * The position behind a row of a list: the values that the list is ordered by. A client gets it as opaque text, and continues
 * there, whatever was added meanwhile.
 */
public record Cursor(List<String> values) {
    private static final int MAX_LENGTH = 1_000;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    public Cursor {
        values = List.copyOf(values);
    }

    static Cursor of(Object... values) {
        return new Cursor(List.of(values).stream().map(String::valueOf).toList());
    }

    /**
     * Reads the opaque text.
     *
     * @throws IllegalArgumentException when it is no cursor
     */
    public static Cursor read(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("expected at most %d characters".formatted(MAX_LENGTH));
        }
        try {
            var values = Json.read(Base64.getUrlDecoder().decode(text), String[].class);
            if (!List.of(values).stream().allMatch(StorableText::is)) {
                throw new IllegalArgumentException("expected storable text");
            }
            return new Cursor(List.of(values));
        } catch (UnreadableValue | NullPointerException e) {
            throw new IllegalArgumentException("expected the cursor of an earlier response", e);
        }
    }

    /** The opaque text. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(values));
    }

    /** @throws IllegalArgumentException when it has another number of values */
    Cursor of(int size) {
        if (values.size() != size) {
            throw new IllegalArgumentException("expected the cursor of this list");
        }
        return this;
    }

    /** @throws IllegalArgumentException when the value is no instant of the database */
    OffsetDateTime time(int index) {
        try {
            var instant = Instant.parse(values.get(index));
            if (instant.isBefore(Instant.EPOCH) || instant.isAfter(LATEST)) {
                throw new IllegalArgumentException("expected an instant");
            }
            return instant.atOffset(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("expected an instant", e);
        }
    }

    /** @throws IllegalArgumentException when the value is no number */
    long number(int index) {
        return Long.parseLong(values.get(index));
    }

    String value(int index) {
        return values.get(index);
    }

    @Override
    public String toString() {
        return new String(Json.write(values), UTF_8);
    }
}
