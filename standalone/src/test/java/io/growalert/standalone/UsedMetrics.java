package io.growalert.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The metrics of GrowAlert that the alert rules and the dashboards use. */
final class UsedMetrics {
    static final Path RULES = Path.of("../docs/prometheus/alerts.yml");
    static final Path DASHBOARD = Path.of("../docs/grafana/services.json");
    private static final Pattern NAME = Pattern.compile("\\bgrowalert_[a-z_]+");

    private UsedMetrics() {}

    static Set<String> names() throws IOException {
        var names = new TreeSet<String>();
        for (var file : List.of(RULES, DASHBOARD)) {
            names.addAll(in(Files.readString(file)));
        }
        return names;
    }

    /** The names in a text, such as the response of an instance to Prometheus. */
    static Set<String> in(String text) {
        return NAME.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    }
}
