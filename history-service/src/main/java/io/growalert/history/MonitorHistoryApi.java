package io.growalert.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Threshold;
import io.growalert.history.query.MonitorDetail;
import io.growalert.history.query.MonitorOverview;
import io.growalert.history.query.MonitorValues;
import io.growalert.history.query.QueryDatabase;
import io.growalert.history.query.ValueExport;
import io.growalert.history.query.WhatIf;
import io.growalert.history.store.StoredStatus;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/** Monitors over time: the list, one of them, its values, and which incidents other limits would have made. */
@RestController
class MonitorHistoryApi {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;
    private static final int MAX_POINTS = 1_000;
    private static final int MAX_COUNT = 10_000;
    private static final String CSV = "text/csv";
    private static final String[] WHAT_IF = {
        "from",
        "to",
        "above",
        "below",
        "outside",
        "inside",
        "degradedAbove",
        "degradedBelow",
        "degradedOutside",
        "degradedInside",
        "after",
        "for",
        "resolveAfter"
    };

    private final QueryDatabase database;
    private final MonitorOverview overview;
    private final MonitorDetail detail;
    private final MonitorValues values;
    private final ValueExport export;
    private final WhatIf whatIf;

    MonitorHistoryApi(
            QueryDatabase database,
            MonitorOverview overview,
            MonitorDetail detail,
            MonitorValues values,
            ValueExport export,
            WhatIf whatIf) {
        this.database = database;
        this.overview = overview;
        this.detail = detail;
        this.values = values;
        this.export = export;
        this.whatIf = whatIf;
    }

    @GetMapping("/api/history/monitors")
    MonitorOverview.Page list(@RequestParam MultiValueMap<String, String> parameters) {
        var query = new QueryParameters(parameters, "search", "status", "label", "window", "limit", "cursor");
        var filter = new MonitorOverview.Filter(query.text("search"), statuses(query), labels(query));
        int limit = query.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
        var window = query.window();
        var cursor = query.text("cursor");
        return database.read(() -> overview.page(filter, window, cursor, limit));
    }

    private static List<StoredStatus> statuses(QueryParameters query) {
        var statuses = new ArrayList<StoredStatus>();
        for (var text : query.texts("status")) {
            for (var name : text.split(",", -1)) {
                if (!name.isBlank()) {
                    statuses.add(status(name.strip()));
                }
            }
        }
        return statuses;
    }

    private static StoredStatus status(String name) {
        var all = StoredStatus.values();
        return Arrays.stream(all)
                .filter(status -> status.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> QueryParameters.invalid(
                        "status",
                        Arrays.stream(all)
                                .map(status -> status.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ", "some of ", ""))));
    }

    private static List<String> labels(QueryParameters query) {
        var labels = query.texts("label");
        if (labels.stream().anyMatch(text -> text.indexOf(':') <= 0)) {
            throw QueryParameters.invalid("label", "a label and its value, such as site:north");
        }
        return labels;
    }

    @GetMapping("/api/history/monitors/{id}")
    MonitorDetail.View one(@PathVariable String id, @RequestParam MultiValueMap<String, String> parameters) {
        var query = new QueryParameters(parameters, "window", "since");
        var window = query.window();
        var since = query.instant("since");
        return database.read(() -> detail.read(id, window, since)).orElseThrow(() -> unknown(id));
    }

    private static ErrorResponseException unknown(String id) {
        return HistoryProblem.UNKNOWN_MONITOR.because("no monitor with the id '%s' is defined".formatted(id));
    }

    @GetMapping(path = "/api/history/monitors/{id}/values", produces = MediaType.APPLICATION_JSON_VALUE)
    MonitorValues.View values(@PathVariable String id, @RequestParam MultiValueMap<String, String> parameters) {
        var wanted = wanted(parameters);
        return database.read(() -> values.read(id, wanted)).orElseThrow(() -> unknown(id));
    }

    private static MonitorValues.Wanted wanted(MultiValueMap<String, String> parameters) {
        var query = new QueryParameters(parameters, "series", "from", "to", "points");
        query.requirePeriod();
        int points = query.integer("points", MAX_POINTS, 2, MAX_POINTS);
        return new MonitorValues.Wanted(query.texts("series"), query.instant("from"), query.instant("to"), points);
    }

    /** All values, however many; it is streamed. */
    @GetMapping(path = "/api/history/monitors/{id}/values", produces = CSV)
    void csv(
            @PathVariable String id,
            @RequestParam MultiValueMap<String, String> parameters,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var found = export.of(id, wanted(parameters)).orElseThrow(() -> unknown(id));
        ShallowEtagHeaderFilter.disableContentCaching(request);
        response.setContentType(CSV + ";charset=UTF-8");
        response.setHeader("Content-Disposition", "attachment; filename=\"values.csv\"");
        found.write(new OutputStreamWriter(response.getOutputStream(), UTF_8));
    }

    @GetMapping("/api/history/monitors/{id}/what-if")
    WhatIf.View whatIf(@PathVariable String id, @RequestParam MultiValueMap<String, String> parameters) {
        var query = new QueryParameters(parameters, WHAT_IF);
        query.requirePeriod();
        query.requireAtMostOne("after", "for");
        var changes = new WhatIf.Changes(
                threshold(query, "above", "below", "outside", "inside"),
                threshold(query, "degradedAbove", "degradedBelow", "degradedOutside", "degradedInside"),
                query.optionalInteger("after", 1, MAX_COUNT),
                query.duration("for"),
                query.optionalInteger("resolveAfter", 1, MAX_COUNT));
        var from = query.instant("from");
        var to = query.instant("to");
        return database.read(() -> whatIf.read(id, changes, from, to)).orElseThrow(() -> unknown(id));
    }

    private static @Nullable Threshold threshold(
            QueryParameters query, String above, String below, String outside, String inside) {
        query.requireAtMostOne(above, below, outside, inside);
        var limit = query.number(above);
        if (limit != null) {
            return new Threshold.Above(limit);
        }
        limit = query.number(below);
        if (limit != null) {
            return new Threshold.Below(limit);
        }
        var range = range(query, outside);
        if (range != null) {
            return new Threshold.Outside(range.low(), range.high());
        }
        range = range(query, inside);
        return range == null ? null : new Threshold.Inside(range.low(), range.high());
    }

    private record Range(double low, double high) {}

    private static @Nullable Range range(QueryParameters query, String name) {
        var text = query.text(name);
        if (text == null) {
            return null;
        }
        var parts = text.split(",", -1);
        if (parts.length == 2) {
            var range = new Range(
                    QueryParameters.number(name, parts[0].strip()), QueryParameters.number(name, parts[1].strip()));
            if (range.low() < range.high()) {
                return range;
            }
        }
        throw QueryParameters.invalid(name, "two numbers from low to high, such as 18,26");
    }
}
