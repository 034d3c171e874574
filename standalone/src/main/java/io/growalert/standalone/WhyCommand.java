package io.growalert.standalone;

import java.io.PrintWriter;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code growalert why}. */
@Command(
        name = "why",
        description =
                "Explains an incident: its results, rule and routes, the silences that matched it, and its deliveries "
                        + "with their attempts.")
final class WhyCommand extends BillingCommand.Asking {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]+");

    @Parameters(paramLabel = "INCIDENT", description = "The incident's id, as in messages and GET /api/alerts.")
    private String incident = "";

    @Option(names = "--json", description = "Prints the response of GET /api/incidents/INCIDENT.")
    private boolean asJson;

    @Override
    int ask(BillingApi api, PrintWriter out) {
        if (!ID.matcher(incident).matches()) {
            throw new CannotRun("'%s' is not the id of an incident".formatted(incident));
        }
        var report = api.call("GET", "/api/incidents/" + incident, null)
                .orElseThrow(() -> new CannotRun("the response has no body; does a dispatcher run there?"));
        if (asJson) {
            out.println(report.toPrettyString());
        } else {
            IncidentText.lines(report).forEach(out::println);
        }
        return CommandLine.ExitCode.OK;
    }
}
