package io.growalert.standalone;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code growalert ack}. */
@Command(
        name = "ack",
        description = "Acknowledges incidents of a running dispatcher: no reminders and no escalation until the end.")
final class AckCommand extends BillingCommand.Asking {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]+");

    @Parameters(arity = "1..*", paramLabel = "INCIDENT", description = "As /api/alerts and messages show it.")
    private List<String> incidents = new ArrayList<>();

    @Option(
            names = {"--until", "--for"},
            paramLabel = "WHEN",
            converter = SilenceCommand.Later.class,
            description =
                    "Its end: in 2h or 1d from now, or an instant such as 2026-11-24T18:00:00Z (default: when the "
                            + "incident is resolved).")
    private @Nullable Instant until;

    @Option(names = "--comment", paramLabel = "TEXT", description = "For others, such as: on my way.")
    private @Nullable String comment;

    @Option(names = "--end", description = "Ends the acknowledgement: reminders and escalation continue.")
    private boolean ends;

    @Override
    int ask(BillingApi api, PrintWriter out) {
        if (ends && (until != null || comment != null)) {
            throw new CannotRun("--end takes neither --until nor --comment");
        }
        for (var incident : incidents) {
            if (!ID.matcher(incident).matches()) {
                throw new CannotRun("'%s' is not the id of an incident".formatted(incident));
            }
            var path = "/api/incidents/%s/ack".formatted(incident);
            if (ends) {
                api.call("DELETE", path, null);
                out.println(incident + " is not acknowledged");
            } else {
                out.println(api.call("PUT", path, body())
                        .map(AckCommand::line)
                        .orElseThrow(() -> new CannotRun("the response has no body; does a dispatcher run there?")));
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private Map<String, Object> body() {
        var body = new LinkedHashMap<String, Object>();
        if (until != null) {
            body.put("until", until.toString());
        }
        if (comment != null) {
            body.put("comment", comment);
        }
        return body;
    }

    private static String line(JsonNode acknowledged) {
        return "%s acknowledged by %s until %s"
                .formatted(
                        acknowledged.path("incident").asString(""),
                        acknowledged.path("by").asString(""),
                        acknowledged.hasNonNull("until")
                                ? acknowledged.path("until").asString("")
                                : "it is resolved");
    }
}
