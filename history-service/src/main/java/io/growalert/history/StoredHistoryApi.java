package io.growalert.history;

import io.growalert.evaluation.match.Matcher;
import io.growalert.history.query.QueryDatabase;
import io.growalert.history.query.StatusPage;
import io.growalert.history.query.StoredIncidents;
import io.growalert.history.query.TopicProgress;
import io.growalert.runtime.http.CommonProblem;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Incidents from the topics, status pages, and how much was stored. */
@RestController
class StoredHistoryApi {
    private static final int MOST_MATCHERS = 20;

    private final QueryDatabase database;
    private final StoredIncidents incidents;
    private final StatusPage status;
    private final TopicProgress progress;

    StoredHistoryApi(QueryDatabase database, StoredIncidents incidents, StatusPage status, TopicProgress progress) {
        this.database = database;
        this.incidents = incidents;
        this.status = status;
        this.progress = progress;
    }

    @GetMapping("/api/history/incidents/{id}")
    StoredIncidents.View incident(@PathVariable String id) {
        return database.read(() -> incidents.read(id))
                .orElseThrow(() -> CommonProblem.NOT_FOUND.because("no incident with the id '%s'".formatted(id)));
    }

    @GetMapping("/api/history/status")
    StatusPage.View status(@RequestParam MultiValueMap<String, String> parameters) {
        var query = new QueryParameters(parameters, "match", "window");
        var matchers = matchers(query);
        var window = query.window();
        return database.read(() -> status.read(matchers, window));
    }

    private static List<Matcher> matchers(QueryParameters query) {
        var matchers = new ArrayList<Matcher>();
        for (var text : query.texts("match", MOST_MATCHERS)) {
            try {
                matchers.add(Matcher.of(text));
            } catch (IllegalArgumentException e) {
                throw CommonProblem.INVALID_FIELD.in("match", "match: " + e.getMessage());
            }
        }
        return matchers;
    }

    @GetMapping("/api/history/changes")
    TopicProgress.Changes changes() {
        return database.read(progress::changes);
    }
}
