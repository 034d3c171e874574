package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.history.ListPage;
import io.growalert.dispatcher.history.Period;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.StorableText;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.database.Cursor;
import io.growalert.runtime.http.CommonProblem;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;

/**
 * The parameters of a list: {@code limit}, {@code cursor}, {@code from}, {@code to} and {@code match}. The response links to the
 * next page (RFC 8288), with all parameters.
 */
final class ListRequest {
    private static final int MAX_LIMIT = 1_000;
    /** The parameters that say where a page begins. */
    private static final Set<String> PLACES = Set.of("cursor", "offset");

    private static final int MAX_MATCHERS = 20;
    private static final int MAX_TEXT = 1_200;
    private static final int MAX_NAME = 100;

    private final String path;
    private final MultiValueMap<String, String> parameters;
    private final int defaultLimit;
    /** The parameters that the list reads; each is read before the page. */
    private final Set<String> known = new TreeSet<>();

    ListRequest(String path, MultiValueMap<String, String> parameters, int defaultLimit) {
        this.path = path;
        this.parameters = parameters;
        this.defaultLimit = defaultLimit;
    }

    /** The response with a page, read with the request's cursor and limit. */
    <T, R> ResponseEntity<List<R>> page(BiFunction<@Nullable Cursor, Integer, ListPage<T>> read, Function<T, R> view) {
        var limit = limit();
        ListPage<T> page;
        try {
            var cursor = text("cursor");
            requireKnown();
            page = read.apply(cursor == null ? null : Cursor.read(cursor), limit);
        } catch (Cursor.InvalidCursor e) {
            throw CommonProblem.INVALID_FIELD.in("cursor", "cursor: " + e.getMessage());
        }
        var response = ResponseEntity.ok();
        page.next().ifPresent(next -> response.header("Link", "<%s>; rel=\"next\"".formatted(link(next))));
        return response.body(page.rows().stream().map(view).toList());
    }

    private void requireKnown() {
        for (var name : parameters.keySet()) {
            if (!known.contains(name)) {
                var shown = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
                throw CommonProblem.INVALID_FIELD.in(
                        shown, "%s: unknown parameter; expected one of %s".formatted(shown, String.join(", ", known)));
            }
        }
    }

    private String link(Cursor next) {
        var pairs = new ArrayList<String>();
        parameters.forEach((name, values) -> values.stream()
                .filter(value -> !PLACES.contains(name))
                .forEach(value -> pairs.add(encoded(name) + "=" + encoded(value))));
        pairs.add("cursor=" + next.text());
        return path + "?" + String.join("&", pairs);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private int limit() {
        var text = text("limit");
        try {
            int limit = text == null ? defaultLimit : Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw CommonProblem.INVALID_FIELD.in("limit", "limit: expected a whole number from 1 to " + MAX_LIMIT);
    }

    /** How many rows to skip; 0 with a cursor. */
    int offset() {
        var text = text("offset");
        try {
            int offset = text == null ? 0 : Integer.parseInt(text);
            if (offset >= 0) {
                return text("cursor") == null ? offset : 0;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw CommonProblem.INVALID_FIELD.in("offset", "offset: expected a whole number from 0 on");
    }

    /** Null when the parameter is absent or empty. */
    @Nullable
    String text(String name) {
        known.add(name);
        var value = parameters.getFirst(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (value.length() > MAX_TEXT || !StorableText.is(value)) {
            throw CommonProblem.INVALID_FIELD.in(
                    name, "%s: expected at most %d characters without U+0000".formatted(name, MAX_TEXT));
        }
        return value;
    }

    Period period() {
        var period = new Period(instant("from"), instant("to"));
        if (period.from() != null && period.to() != null && !period.from().isBefore(period.to())) {
            throw CommonProblem.INVALID_FIELD.in("to", "to: expected an instant after from");
        }
        return period;
    }

    private @Nullable Instant instant(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        try {
            var instant = Instant.parse(text);
            if (!instant.isBefore(Instant.EPOCH) && !instant.isAfter(Columns.LATEST)) {
                return instant;
            }
        } catch (DateTimeParseException e) {
            // reported below
        }
        throw CommonProblem.INVALID_FIELD.in(
                name, "%s: expected an instant, such as 2026-11-24T07:00:00Z".formatted(name));
    }

    /** All values of {@code match}, each a matcher. */
    List<Matcher> matchers() {
        known.add("match");
        var texts = parameters.getOrDefault("match", List.of());
        if (texts.size() > MAX_MATCHERS) {
            throw CommonProblem.INVALID_FIELD.in("match", "match: expected at most %d".formatted(MAX_MATCHERS));
        }
        var matchers = new ArrayList<Matcher>();
        for (var text : texts) {
            try {
                matchers.add(Matcher.of(text));
            } catch (IllegalArgumentException e) {
                throw CommonProblem.INVALID_FIELD.in("match", "match: " + e.getMessage());
            }
        }
        return matchers;
    }
}
