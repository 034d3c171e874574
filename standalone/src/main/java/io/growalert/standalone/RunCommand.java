package io.growalert.standalone;

import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.Wording;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.SeriesResult;
import io.growalert.events.Threshold;
import io.growalert.monitor.definitions.DefinitionCheck;
import io.growalert.monitor.run.SingleRun;
import io.growalert.monitor.source.SourceException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code growalert run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Runs a monitor's query once now and prints the rows, their judgement and the time it took. It "
                + "publishes nothing and notifies no receiver.")
final class RunCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "MONITOR", description = "The id of a monitor that the files define.")
    private String monitor = "";

    @Option(
            names = "--config",
            arity = "1..*",
            required = true,
            paramLabel = "FILE",
            description = "Definition files; several make one set.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        Logging.quiet();
        var definitions = DefinitionCheck.of(files, Variables.environment(), "default");
        if (!definitions.problems().isEmpty()) {
            throw CannotRun.because(definitions.problems());
        }
        var definition = definitions.monitors().stream()
                .filter(known -> known.id().equals(monitor))
                .findFirst()
                .orElseThrow(() -> new CannotRun(
                        "there is no monitor '%s'; there are %s".formatted(monitor, names(definitions.monitors()))));
        if (definition.pushed()) {
            throw new CannotRun(
                    "%s is never run: with source: push, a service publishes its results".formatted(monitor));
        }
        var source = Objects.requireNonNull(
                definitions.sources().get(definition.source()), "the check found the source of each monitor");
        try {
            var run = SingleRun.of(definition, source.config(), Instant.now().truncatedTo(ChronoUnit.MILLIS));
            var error = run.judgement().error();
            if (error != null) {
                throw new CannotRun(
                        "%s has no result (%s): %s".formatted(monitor, kind(error.kind()), error.message()));
            }
            print(definition, run, spec.commandLine().getOut());
        } catch (SourceException e) {
            throw new CannotRun("%s has no result (%s): %s".formatted(monitor, kind(e.kind()), e.getMessage()), e);
        }
        return CommandLine.ExitCode.OK;
    }

    private static String names(List<MonitorDefinition> monitors) {
        return monitors.isEmpty()
                ? "none"
                : monitors.stream().map(MonitorDefinition::id).collect(Collectors.joining(", "));
    }

    private static String kind(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static void print(MonitorDefinition definition, SingleRun run, PrintWriter out) {
        var judged = new HashMap<Map<String, String>, SeriesResult>();
        run.judgement().series().forEach(series -> judged.put(series.labels(), series));
        for (var row : run.rows()) {
            out.println(line(row, judged.get(row.labels()), definition.unit()));
        }
        out.println("%-8s %s: %s"
                .formatted(run.judgement().status(), definition.id(), String.join(", ", summary(definition, run))));
        out.flush();
    }

    /** Such as {@code FAILED   {room=r1} 1203.5 ppm (above 1000 ppm)}. */
    private static String line(Row row, @Nullable SeriesResult judged, @Nullable String unit) {
        if (judged == null) {
            return Limits.exceededBy(row.labels())
                    .map("DROPPED  a row: %s"::formatted)
                    .orElseGet(() -> "NO VALUE " + labels(row));
        }
        var value = Threshold.plain(judged.value()) + (unit == null ? "" : " " + unit);
        var reason = judged.reason() == null ? "" : " (" + judged.reason() + ")";
        return "%-8s %s %s%s".formatted(judged.status(), labels(row), value, reason);
    }

    private static String labels(Row row) {
        return new TreeMap<>(row.labels())
                .entrySet().stream()
                        .map(label -> Wording.plain(label.getKey()) + "=" + Wording.plain(label.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
    }

    private static List<String> summary(MonitorDefinition definition, SingleRun run) {
        var parts = new ArrayList<String>();
        int rows = run.rows().size();
        parts.add("%d %s in %d ms at %s"
                .formatted(rows, rows == 1 ? "row" : "rows", run.took().toMillis(), run.slot()));
        long withoutValue = run.judgement().withoutValue();
        if (withoutValue > 0) {
            parts.add(withoutValue + " without a value");
        }
        var dropped = run.judgement().dropped();
        if (dropped != null) {
            parts.add("%d dropped (%s)".formatted(dropped.rows(), dropped.reason()));
        }
        if (run.judgement().series().isEmpty()) {
            parts.add("noData: " + kind(definition.noData()));
        }
        addThreshold(parts, "fail", definition.fail(), definition.unit());
        addThreshold(parts, "degraded", definition.degraded(), definition.unit());
        addThreshold(parts, "resolve", definition.resolve(), definition.unit());
        return parts;
    }

    private static void addThreshold(
            List<String> parts, String key, @Nullable Threshold threshold, @Nullable String unit) {
        if (threshold != null) {
            parts.add("%s: %s".formatted(key, threshold.inWords(unit)));
        }
    }
}
