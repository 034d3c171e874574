package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.growalert.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code docs/grafana}: each dashboard has the members that Grafana needs, and its queries are valid. */
class DashboardsTest {
    private static final Path FOLDER = Path.of("../docs/grafana");
    private static final Path HISTORY = Path.of("../history-service/src/main/resources/db/history-service");
    private static final Pattern TABLE = Pattern.compile("\\bhistory\\.\\w+");
    private static final Set<String> PUBLIC = Set.of("history.spans", "history.incidents", "history.values_between");

    @ParameterizedTest
    @ValueSource(strings = {"services", "history"})
    void a_dashboard_can_be_imported(String name) throws IOException {
        var dashboard = dashboard(name);
        var panels = dashboard.path("panels").valueStream().toList();
        var sources = new ArrayList<String>();
        dashboard
                .at("/templating/list")
                .valueStream()
                .filter(variable -> variable.path("type").asString().equals("datasource"))
                .forEach(variable ->
                        sources.add("${%s}".formatted(variable.path("name").asString())));

        assertThat(dashboard.path("uid").asString()).isEqualTo("growalert-" + name);
        assertThat(dashboard.path("title").asString()).isNotBlank();
        assertThat(panels).extracting(panel -> panel.path("id").asInt()).doesNotHaveDuplicates();
        assertThat(panels).allSatisfy(panel -> {
            assertThat(panel.path("title").asString()).isNotBlank();
            assertThat(panel.at("/gridPos/x").asInt() + panel.at("/gridPos/w").asInt())
                    .isLessThanOrEqualTo(24);
            if (!panel.path("type").asString().equals("row")) {
                assertThat(panel.path("targets")).isNotEmpty();
                assertThat(panel.at("/datasource/uid").asString()).isIn(sources);
            }
        });
    }

    @Test
    void the_history_is_read_from_the_documented_views_only() throws IOException {
        var statements = statements();

        assertThat(statements).hasSizeGreaterThan(6).allSatisfy(statement -> assertThat(
                        TABLE.matcher(statement).results().map(found -> found.group()))
                .isNotEmpty()
                .isSubsetOf(PUBLIC));
    }

    @Test
    void each_statement_is_valid_in_the_schema_of_the_history() throws IOException {
        assumeTrue(Files.isDirectory(HISTORY), "there is no history-service");
        try (var database = new HistoryDatabase()) {
            for (var statement : statements()) {
                assertThat(database.jdbc().sql(expanded(statement)).query().listOfRows())
                        .as(statement)
                        .isEmpty();
            }
        }
    }

    private static final class HistoryDatabase extends TestPostgres {
        HistoryDatabase() {
            super("history", "filesystem:" + HISTORY);
        }
    }

    /** As Grafana expands its macros and variables. */
    private static String expanded(String statement) {
        return statement
                .replace("$__timeGroup(slot, $__interval)", "date_trunc('minute', slot)")
                .replace("$__timeFrom()", "'2026-11-24T00:00:00Z'")
                .replace("$__timeTo()", "'2026-11-25T00:00:00Z'")
                .replace("${monitor:sqlstring}", "'room-co2'");
    }

    private static List<String> statements() throws IOException {
        var statements = new ArrayList<String>();
        var dashboard = dashboard("history");
        dashboard.findValues("rawSql").forEach(statement -> statements.add(statement.asString()));
        dashboard
                .at("/templating/list")
                .valueStream()
                .filter(variable -> variable.path("type").asString().equals("query"))
                .forEach(variable -> statements.add(variable.path("query").asString()));
        return statements;
    }

    private static JsonNode dashboard(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(FOLDER.resolve(name + ".json")));
    }
}
