package io.growalert.events;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/**
 * Instants as ISO 8601 text, the same that {@link Instant#toString} writes and {@link Instant#parse} reads, but many times
 * faster for the usual form {@code 2026-11-24T07:00:30.004Z}: every result has several.
 */
public final class InstantText {
    private static final int TO_SECONDS = "2026-11-24T07:00:30".length();

    private InstantText() {}

    /** As {@link Instant#toString}. */
    public static String of(Instant instant) {
        int nanos = instant.getNano();
        var time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
        if (nanos % 1_000_000 != 0 || time.getYear() < 0 || time.getYear() > 9_999) {
            return instant.toString();
        }
        var text = new byte[nanos == 0 ? TO_SECONDS + 1 : TO_SECONDS + 5];
        write(text, 0, 4, time.getYear(), '-');
        write(text, 5, 2, time.getMonthValue(), '-');
        write(text, 8, 2, time.getDayOfMonth(), 'T');
        write(text, 11, 2, time.getHour(), ':');
        write(text, 14, 2, time.getMinute(), ':');
        write(text, 17, 2, time.getSecond(), nanos == 0 ? 'Z' : '.');
        if (nanos != 0) {
            write(text, 20, 3, nanos / 1_000_000, 'Z');
        }
        return new String(text, ISO_8859_1);
    }

    private static void write(byte[] text, int at, int digits, int number, char after) {
        int left = number;
        for (int i = at + digits - 1; i >= at; i--) {
            text[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        text[at + digits] = (byte) after;
    }

    /**
     * As {@link Instant#parse}.
     *
     * @throws DateTimeParseException when the text is no instant
     */
    public static Instant parse(String text) {
        int end = text.length() - 1;
        boolean isCommon = end >= TO_SECONDS
                && end <= TO_SECONDS + 10
                && end != TO_SECONDS + 1
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == 'T'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':'
                && text.charAt(end) == 'Z'
                && (end == TO_SECONDS || text.charAt(TO_SECONDS) == '.');
        if (!isCommon) {
            return Instant.parse(text);
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, 19);
        int nanos = end == TO_SECONDS ? 0 : number(text, TO_SECONDS + 1, end);
        if ((year | month | day | hour | minute | second | nanos) < 0 || hour > 23 || minute > 59 || second > 59) {
            return Instant.parse(text);
        }
        for (int digits = end - TO_SECONDS - 1; digits < 9 && nanos != 0; digits++) {
            nanos *= 10;
        }
        try {
            long days = LocalDate.of(year, month, day).toEpochDay();
            return Instant.ofEpochSecond(days * 86_400 + hour * 3_600L + minute * 60L + second, nanos);
        } catch (DateTimeException e) {
            return Instant.parse(text); // its message names the error
        }
    }

    /** The number that these characters are, or -1 when one is no digit. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
