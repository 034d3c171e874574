package io.growalert.dispatcher.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.ReceiverCheck;
import io.growalert.dispatcher.handler.MailServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiversTest {
    private static final Variables NONE = new Variables(Map.of());

    @TempDir
    Path folder;

    @Test
    void reads_receivers_with_their_limits_and_ignores_the_rest_of_the_file() throws IOException {
        var receivers = open(file("""
                sources: {anything: {goes: here}}
                receivers:
                  console: {log: {}}
                  ops: {webhook: {url: "http://a.example/"}, concurrency: 9, timeToLive: 2h}
                  grower: {email: {to: [grower@example.com]}}
                """));

        assertThat(receivers.all()).containsOnlyKeys("console", "ops", "grower");
        var ops = receivers.find("ops").orElseThrow().receiver();
        assertThat(ops.concurrency()).isEqualTo(9);
        assertThat(ops.timeToLive()).isEqualTo(Duration.ofHours(2));
        var console = receivers.find("console").orElseThrow().receiver();
        assertThat(console.concurrency()).isEqualTo(4);
        assertThat(console.timeToLive()).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void every_problem_is_reported_with_its_position() throws IOException {
        var file = file("""
                receivers:
                  both: {log: {}, webhook: {url: "http://a.example/"}}
                  none: {}
                  typo: {log: {colour: red}}
                  ops: {webhook: {url: "http://a.example/"}, concurency: 9}
                  "a b": {log: {}}
                """);
        var problems = new Problems();

        ReceiverCheck.check(List.of(file), NONE, problems);

        assertThat(problems.inOrder().stream()
                        .map(problem -> problem.place().line() + " " + problem.key())
                        .toList())
                .containsExactly(
                        "2 receivers.both",
                        "3 receivers.none",
                        "4 receivers.typo.log.colour",
                        "5 receivers.ops.concurency",
                        "6 receivers.a b");
        assertThat(problems.inOrder().get(3).message()).contains("log, webhook, email");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeZone: Mars/Base | timeZone",
                "rate: 30 | rate",
                "rate: 0/1m | rate",
                "rate: 30/2d | rate",
                "rate: 30/soon | rate",
                "alarm: absent | alarm",
                "alarm: ops | alarm"
            })
    void what_is_wrong_in_a_receivers_own_settings_is_named(String setting, String key) throws IOException {
        var problems = new Problems();

        ReceiverCheck.check(List.of(file("receivers: {ops: {log: {}, %s}}".formatted(setting))), NONE, problems);

        assertThat(problems.inOrder()).extracting(DefinitionProblem::key).containsExactly("receivers.ops." + key);
    }

    @Test
    void time_zone_rate_and_alarm_are_read() throws IOException {
        var receivers = open(file("""
                receivers:
                  ops: {log: {}, timeZone: Europe/Berlin, rate: 30/1m, alarm: boss}
                  boss: {log: {}}
                """));

        var ops = receivers.find("ops").orElseThrow().receiver();

        assertThat(ops.presentation().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(ops.rate()).contains(new DeliveryRate(30, Duration.ofMinutes(1)));
        assertThat(ops.alarm()).contains("boss");
    }

    @Test
    void a_name_that_is_in_two_files_is_a_problem() throws IOException {
        var problems = new Problems();
        var one = file("receivers: {ops: {log: {}}}");
        var other = Files.writeString(folder.resolve("other.yml"), "receivers: {ops: {log: {}}}");

        ReceiverCheck.check(List.of(one, other), NONE, problems);

        assertThat(problems.inOrder()).extracting(DefinitionProblem::key).containsExactly("receivers.ops");
    }

    @Test
    void a_file_that_does_not_load_stops_the_start() throws IOException {
        var file = file("receivers: {ops: {telegraph: {}}}");

        assertThatThrownBy(() -> open(file))
                .isInstanceOf(BrokenFiles.class)
                .hasMessageContaining("growalert.yml:1:")
                .hasMessageContaining("expected exactly one of log, webhook, email");
    }

    @Test
    void a_changed_file_is_reloaded_and_unchanged_receivers_keep_their_handlers() throws IOException {
        var receivers = open(file("receivers: {ops: {log: {}}}"));
        var before = receivers.find("ops").orElseThrow().handler();

        file("receivers: {ops: {log: {}, concurrency: 7}, more: {log: {}}}");
        receivers.refresh();
        receivers.refresh();

        assertThat(receivers.all()).containsOnlyKeys("ops", "more");
        assertThat(receivers.find("ops").orElseThrow().receiver().concurrency()).isEqualTo(7);
        assertThat(receivers.find("ops").orElseThrow().handler()).isSameAs(before);
    }

    @Test
    void routes_are_reloaded_with_the_receivers_and_stay_when_they_are_broken() throws IOException {
        var receivers = open(file("receivers: {ops: {log: {}}}"));
        assertThat(receivers.routes().isEmpty()).isTrue();

        file("receivers: {ops: {log: {}}, more: {log: {}}}\nroutes: {receiver: more}");
        receivers.refresh();
        receivers.refresh();
        assertThat(receivers.routes().receivers(Map.of())).containsExactly("more");

        file("receivers: {ops: {log: {}}}\nroutes: {receiver: more}");
        receivers.refresh();
        receivers.refresh();
        assertThat(receivers.routes().receivers(Map.of())).containsExactly("more");
        assertThat(receivers.all()).containsOnlyKeys("ops", "more");
    }

    @Test
    void broken_routes_stop_the_start() throws IOException {
        var file = file("receivers: {ops: {log: {}}}\nroutes: {receiver: absent}");

        assertThatThrownBy(() -> open(file))
                .isInstanceOf(BrokenFiles.class)
                .hasMessageContaining(
                        "growalert.yml:2:10: routes.receiver: unknown receiver 'absent'; expected one of ops");
    }

    @Test
    void a_broken_file_changes_nothing() throws IOException {
        var receivers = open(file("receivers: {ops: {log: {}}}"));

        file("receivers: {ops: [");
        receivers.refresh();
        receivers.refresh();

        assertThat(receivers.all()).containsOnlyKeys("ops");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing\n",
                "{}",
                "receivers: {}\nroutes: {receiver: ops}",
                "monitors: []",
                "receivers: {ops: {log: {}}}",
                "receivers: {ops: {log: {}}}\nroutes:",
            })
    void a_file_that_lost_all_receivers_or_its_routes_changes_nothing_and_is_reported(String lost) throws IOException {
        var receivers = open(file("receivers: {ops: {log: {}}}\nroutes: {receiver: ops}\n"));
        assertThat(receivers.rejected()).isEmpty();

        file(lost);
        receivers.refresh();
        receivers.refresh();

        assertThat(receivers.all()).containsOnlyKeys("ops");
        assertThat(receivers.routes().receivers(Map.of())).containsExactly("ops");
        assertThat(receivers.rejected().orElseThrow()).contains("growalert.yml:");

        file("receivers: {ops: {log: {}}, more: {log: {}}}\nroutes: {receiver: more}\n");
        receivers.refresh();
        receivers.refresh();
        assertThat(receivers.all()).containsOnlyKeys("ops", "more");
        assertThat(receivers.rejected()).isEmpty();
    }

    @Test
    void after_an_empty_file_a_missing_one_changes_nothing_either() throws IOException {
        var file = file("receivers: {ops: {log: {}}}\n");
        var receivers = open(file);
        file("");
        receivers.refresh();
        receivers.refresh();

        Files.delete(file);
        receivers.refresh();
        receivers.refresh();

        assertThat(receivers.all()).containsOnlyKeys("ops");
        assertThat(receivers.rejected().orElseThrow()).contains("there is no such file");
    }

    @Test
    void an_empty_file_stops_the_start() throws IOException {
        var file = file("# nothing\n");

        assertThatThrownBy(() -> open(file))
                .isInstanceOf(BrokenFiles.class)
                .hasMessageContaining("growalert.yml:1:1: the file is empty");
    }

    @Test
    void a_file_that_is_being_written_is_reloaded_only_when_it_is_stable() throws IOException {
        var receivers = open(file("receivers: {ops: {log: {}}}"));

        file("");
        receivers.refresh();
        file("receivers: {ops: {log: {}}");
        receivers.refresh();
        file("receivers: {ops: {log: {}}, more: {log: {}}}");
        receivers.refresh();

        assertThat(receivers.all()).containsOnlyKeys("ops");
        receivers.refresh();
        assertThat(receivers.all()).containsOnlyKeys("ops", "more");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("growalert.yml"), text);
    }

    private static Receivers open(Path file) {
        return new Receivers(new ReceiverFiles(HandlerTypes.load(), MailServer.local(), NONE), List.of(file));
    }
}
