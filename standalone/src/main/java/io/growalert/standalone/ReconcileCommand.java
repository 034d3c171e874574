package io.growalert.standalone;

import io.growalert.definitions.DurationText;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/** {@code growalert billing reconcile}. */
@Command(
        name = "reconcile",
        description = "Reads undelivered events and the current objects from Stripe, repairs the difference "
                + "and reports what it changed.")
final class ReconcileCommand extends BillingCommand.Asking {
    @Option(
            names = "--since",
            paramLabel = "WHEN",
            converter = Since.class,
            description = "How far to look back, 2h or 7d, or an instant such as 2026-11-24T00:00:00Z "
                    + "(default: as far as Stripe keeps events, 30 days).")
    private @Nullable Instant since;

    private Optional<JsonNode> report = Optional.empty();

    @Override
    int ask(BillingApi billing, PrintWriter out) {
        billing.follow("/api/billing/reconcile" + (since == null ? "" : "?since=" + since), line -> take(line, out));
        var found = report.orElseThrow(
                () -> new CannotRun("it ended early, without a report: see the billing-service's log"));
        print(found, out);
        return found.path("complete").asBoolean(true) ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** The last line is the report, those before it are progress. */
    private void take(String line, PrintWriter out) {
        var json = BillingApi.read(line);
        report = json.filter(body -> body.has("objects"));
        if (report.isEmpty() && !line.isBlank()) {
            out.println(json.map(body -> body.path("progress").asString(line)).orElse(line));
            out.flush();
        }
    }

    private static void print(JsonNode report, PrintWriter out) {
        report.at("/objects/repaired")
                .valueStream()
                .forEach(one -> out.printf(
                        "%s  %s %s %s%n",
                        one.path("change").asString(""),
                        one.path("kind").asString(""),
                        one.path("id").asString(""),
                        one.path("fields").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))));
        report.path("problems").valueStream().forEach(problem -> out.println("problem  " + problem.asString()));
        out.printf(
                "events: %d read, %d not delivered by Stripe, %d of them missing here and stored now%n",
                report.at("/events/read").asLong(0),
                report.at("/events/undelivered").asLong(0),
                report.at("/events/missing").asLong(0));
        out.printf(
                "objects: %d compared, %d of other software ignored, %d records repaired, %d left for the next time%n",
                report.at("/objects/read").asLong(0),
                report.at("/objects/foreign").asLong(0),
                report.at("/objects/repairs").asLong(0),
                report.at("/objects/unchecked").asLong(0));
        out.printf(
                Locale.ROOT,
                "%d requests in %.1f s%n",
                report.path("requests").asLong(0),
                report.path("seconds").asDouble(0));
    }

    /** A duration before now, or an instant. */
    static final class Since implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                var now = InstantSource.system().instant();
                return DurationText.parse(text).map(now::minus).orElseGet(() -> Instant.parse(text));
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "'%s' is neither a duration such as 2h or 7d nor an instant such as 2026-11-24T00:00:00Z"
                                .formatted(text));
            }
        }
    }
}
