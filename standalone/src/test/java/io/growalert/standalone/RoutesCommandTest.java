package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says about routes. */
class RoutesCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void check_warns_of_each_monitor_that_notifies_no_receiver() throws Exception {
        var file = definitions("""
                sources: {farm: {postgres: {url: "jdbc:postgresql://127.0.0.1/farm", username: grower}}}
                receivers: {console: {log: {}}}
                routes: {receiver: console, routes: [{match: ["site=test"], receivers: []}]}
                monitors:
                  - {id: routed, every: 30s, source: farm, query: SELECT 1 AS value}
                  - {id: named, every: 30s, source: farm, query: SELECT 1 AS value, labels: {site: test},
                     alert: {receivers: [console]}}
                  - {id: lost, every: 30s, source: farm, query: SELECT 1 AS value, labels: {site: test}}
                """);

        assertThat(run("check", file.toString())).isZero();
        assertThat(out.toString().strip()).isEqualTo("ok: 3 monitors, 1 source, 1 receiver");
        assertThat(err.toString().strip())
                .isEqualTo("warning: " + file
                        + ":8:6: alert.receivers: the monitor lost notifies no receiver: it names none, "
                        + "and no route with a receiver matches it");
    }

    @Test
    void check_warns_of_what_has_no_part_in_a_group() throws Exception {
        var file = definitions("""
                sources: {farm: {postgres: {url: "jdbc:postgresql://127.0.0.1/farm", username: grower}}}
                receivers:
                  console: {log: {}}
                  hook: {webhook: {url: "http://127.0.0.1:1/"}}
                  grouped: {webhook: {url: "http://127.0.0.1:1/", groups: true}}
                routes:
                  receivers: [console, hook, grouped]
                  groupBy: [site]
                  routes: [{match: ["site=test"], groupBy: []}]
                monitors:
                  - {id: repeated, every: 30s, source: farm, query: SELECT 1 AS value, alert: {repeat: 1h}}
                  - {id: alone, every: 30s, source: farm, query: SELECT 1 AS value, labels: {site: test}, alert: {repeat: 1h}}
                  - {id: named, every: 30s, source: farm, query: SELECT 1 AS value, alert: {repeat: 1h, receivers: [hook]}}
                """);

        assertThat(run("check", file.toString())).isZero();

        assertThat(err.toString().strip().lines())
                .containsExactly(
                        "warning: " + file
                                + ":6:1: routes: the receiver hook is notified of each alert separately, although the "
                                + "route groups: a webhook needs groups: true, and an http receiver a body that is valid without a value",
                        "warning: " + file
                                + ":11:6: alert.repeat: the monitor repeated is in a group by the routes: its repeat only "
                                + "refreshes what the group's messages say; their interval is the route's repeat");
    }

    @Test
    void check_warns_of_a_monitor_without_receivers_and_routes() throws Exception {
        var file = definitions("""
                sources: {farm: {postgres: {url: "jdbc:postgresql://127.0.0.1/farm", username: grower}}}
                monitors: [{id: co2, every: 30s, source: farm, query: SELECT 1 AS value}]
                """);

        assertThat(run("check", file.toString())).isZero();
        assertThat(err.toString())
                .contains("the monitor co2 notifies no receiver: it names none, and there are no routes");
    }

    @Test
    void check_reports_what_is_wrong_in_routes() throws Exception {
        var file = definitions("receivers: {console: {log: {}}}\nroutes: {receiver: ops}\n");

        assertThat(run("check", file.toString())).isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo(file + ":2:10: routes.receiver: unknown receiver 'ops'; expected one of console");
    }

    @Test
    void routes_test_prints_receivers_group_and_why() throws Exception {
        var file = definitions("""
                receivers: {ops: {log: {}}, pager: {log: {}}, boss: {log: {}}}
                routes:
                  receiver: ops
                  groupBy: [site]
                  routes:
                    - match: ["severity=critical", "room=~north-.*"]
                      receivers: [pager, ops]
                      repeat: 4h
                      escalate: [{after: 10m, receivers: [boss]}]
                      active: [{days: [mon-fri], from: "08:00", to: "18:00", zone: UTC}]
                """);

        assertThat(run(
                        "routes",
                        "test",
                        "--labels",
                        "severity=critical,room=north-1,site=north",
                        "--at",
                        "2026-11-28T12:00:00Z",
                        file.toString()))
                .isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "labels: severity=\"critical\", room=\"north-1\", site=\"north\"",
                        "receivers: pager, ops",
                        "",
                        "routes.routes[0]",
                        "  receivers: pager, ops",
                        "  groupBy: site=north",
                        "  groupWait: 30s, groupInterval: 5m, repeat: 4h",
                        "  escalate: after 10m to boss, repeat: never",
                        "  held until: 2026-11-30T08:00:00Z",
                        "  matched routes: all events",
                        "  matched routes.routes[0]: severity=critical, room=~north-.*");
    }

    @Test
    void routes_test_says_what_is_missing() throws Exception {
        var none = definitions("receivers: {ops: {log: {}}}\n");

        assertThat(run("routes", "test", "--labels", "a=1", "--config", none.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("the files have no routes");
        assertThat(run("routes", "test", "--labels", "a=1")).isEqualTo(2);
        assertThat(err.toString()).contains("at least one FILE is needed");
        assertThat(run("routes", "test", "--labels", "a", none.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("--labels: 'a': expected labels such as site=north,room=north-1");
    }

    private int run(String... arguments) {
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Path definitions(String text) throws Exception {
        return Files.writeString(folder.resolve("definitions.yaml"), text);
    }
}
