package io.growalert.gateway.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.json.JsonMapper;

/** A status page as HTML, JSON and an SVG badge. All text is escaped. */
public final class StatusText {
    private static final Template PAGE = template("page.html");
    private static final Template BADGE = template("badge.svg");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    /** Of a badge, in pixels. */
    private static final int CHARACTER = 7;

    private static final int MARGIN = 10;

    private StatusText() {}

    private static Template template(String name) {
        try {
            return Mustache.compiler()
                    .defaultValue("")
                    .emptyStringIsFalse(true)
                    .compile(new ClassPathResource(name, StatusText.class).getContentAsString(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Colours and words of a status. Nothing is green that was not checked. */
    private enum Shown {
        PASSED("passed", "operational", "#2e7d32"),
        DEGRADED("degraded", "degraded", "#b45309"),
        FAILED("failed", "failed", "#c62828"),
        NO_DATA("unknown", "no data", "#5f6368"),
        ERROR("unknown", "source error", "#5f6368"),
        MISSED("unknown", "not checked", "#5f6368"),
        UNKNOWN("unknown", "unknown", "#5f6368");

        private final String style;
        private final String words;
        private final String colour;

        Shown(String style, String words, String colour) {
            this.style = style;
            this.words = words;
            this.colour = colour;
        }

        static Shown of(@Nullable String status) {
            for (var shown : values()) {
                if (shown.name().equals(status)) {
                    return shown;
                }
            }
            return UNKNOWN;
        }
    }

    public static String html(StatusPageDefinition page, StatusReports.Seen seen) {
        var report = seen.report();
        var shown = Shown.of(report.status());
        var values = new HashMap<String, Object>();
        values.put("title", page.title());
        values.put("style", seen.stale() ? Shown.UNKNOWN.style : shown.style);
        values.put("words", shown.words);
        values.put("asOf", TIME.format(report.asOf()));
        values.put("stale", seen.stale());
        values.put(
                "monitors",
                report.monitors().stream()
                        .map(monitor -> row(monitor, seen.stale()))
                        .toList());
        values.put("incidents", report.incidents().stream().map(StatusText::row).toList());
        int more = report.total() - report.monitors().size();
        values.put("more", more > 0 ? "and %,d more".formatted(more) : "");
        values.put("found", true);
        return PAGE.execute(values);
    }

    /** A page without a report. */
    public static String html(String title, String message, boolean signIn) {
        return PAGE.execute(
                Map.of("title", title, "message", message, "style", "unknown", "found", false, "signIn", signIn));
    }

    private static Map<String, Object> row(StatusReport.Monitor monitor, boolean stale) {
        var shown = Shown.of(monitor.status());
        var row = new HashMap<String, Object>();
        row.put("name", Objects.requireNonNullElse(monitor.title(), monitor.id()));
        row.put("style", stale ? Shown.UNKNOWN.style : shown.style);
        row.put("words", shown.words);
        row.put("since", monitor.since() == null ? "" : TIME.format(monitor.since()));
        row.put("bar", bar(monitor.bar()));
        row.put("width", monitor.bar().size() * 4);
        row.put("summary", summary(monitor.bar()));
        return row;
    }

    private static List<Map<String, Object>> bar(List<StatusReport.Period> periods) {
        var cells = new ArrayList<Map<String, Object>>();
        for (var period : periods) {
            var shown = Shown.of(period.status());
            cells.add(Map.of(
                    "x",
                    cells.size() * 4,
                    "style",
                    shown.style,
                    "words",
                    "%s %s".formatted(shown.words, time(period.from())).strip()));
        }
        return cells;
    }

    /** The bar in words, such as {@code failed 2, operational 82 of 84 periods}. */
    private static String summary(List<StatusReport.Period> periods) {
        var counts = new LinkedHashMap<String, Integer>();
        periods.forEach(period -> counts.merge(Shown.of(period.status()).words, 1, Integer::sum));
        var words = counts.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
        return "%s of %d periods".formatted(String.join(", ", words), periods.size());
    }

    private static Map<String, Object> row(StatusReport.Incident incident) {
        return Map.of(
                "monitor", incident.monitor(),
                "open", incident.to() == null,
                "from", time(incident.from()),
                "to", time(incident.to()));
    }

    private static String time(@Nullable Instant instant) {
        return instant == null ? "" : TIME.format(instant);
    }

    public static byte[] json(StatusPageDefinition page, StatusReports.Seen seen) {
        var report = seen.report();
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("name", page.name());
        values.put("title", page.title());
        values.put("asOf", report.asOf());
        values.put("stale", seen.stale());
        values.put("status", report.status());
        values.put("total", report.total());
        values.put("monitors", report.monitors());
        values.put("incidents", report.incidents());
        return JSON.writeValueAsBytes(values);
    }

    /** @param seen null: nothing is known */
    public static String badge(StatusPageDefinition page, StatusReports.@Nullable Seen seen) {
        var shown = seen == null ? Shown.UNKNOWN : Shown.of(seen.report().status());
        boolean stale = seen != null && seen.stale();
        var words = stale ? shown.words + " (stale)" : shown.words;
        int left = width(page.title());
        int right = width(words);
        return BADGE.execute(Map.of(
                "title",
                page.title(),
                "words",
                words,
                "colour",
                stale ? Shown.UNKNOWN.colour : shown.colour,
                "width",
                left + right,
                "left",
                left,
                "right",
                right,
                "titleWidth",
                left - MARGIN,
                "wordsWidth",
                right - MARGIN,
                "titleAt",
                left / 2,
                "wordsAt",
                left + right / 2));
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length()) * CHARACTER + MARGIN;
    }
}
