package io.growalert.standalone;

import io.growalert.definitions.DurationText;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/** {@code growalert silence}. */
@Command(
        name = "silence",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Holds notifications of a running dispatcher by matchers of labels, until an end.",
        subcommands = {SilenceCommand.Add.class, SilenceCommand.Listed.class, SilenceCommand.End.class})
final class SilenceCommand implements Runnable {
    private static final String PATH = "/api/silences";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed: add, list or end");
    }

    @Command(name = "add", description = "Creates a silence of what all matchers match, and prints its id.")
    static final class Add extends BillingCommand.Asking {
        @Parameters(
                arity = "1..*",
                paramLabel = "MATCHER",
                description =
                        "Such as site=north, room!=office, room=~north-.* or room!~test-.*; also monitor and status.")
        private List<String> matchers = new ArrayList<>();

        @Option(
                names = "--from",
                paramLabel = "WHEN",
                converter = Later.class,
                description = "Its start: in 2h or 1d, or an instant such as 2026-11-24T18:00:00Z (default: now).")
        private @Nullable Instant from;

        @Option(
                names = "--until",
                required = true,
                paramLabel = "WHEN",
                converter = Later.class,
                description = "Its end: in 2h or 1d from now, or an instant such as 2026-11-24T18:00:00Z.")
        private @Nullable Instant until;

        @Option(names = "--comment", required = true, paramLabel = "TEXT", description = "The reason.")
        private String comment = "";

        @Override
        int ask(BillingApi api, PrintWriter out) {
            var body = new LinkedHashMap<String, Object>();
            body.put("matchers", matchers);
            if (from != null) {
                body.put("startsAt", from.toString());
            }
            body.put("endsAt", String.valueOf(until));
            body.put("comment", comment);
            var silence = api.call("POST", PATH, body).orElseThrow(SilenceCommand::emptyAnswer);
            out.println(silence.path("id").asString(""));
            long held = silence.path("held").asLong(0);
            if (held > 0) {
                out.println(waiting(held));
            }
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Lists the silences that are not ended, or those in one state.")
    static final class Listed extends BillingCommand.Asking {
        private static final Set<String> STATES = Set.of("pending", "active", "ended");

        @Option(names = "--state", paramLabel = "STATE", description = "One of pending, active, ended.")
        private @Nullable String state;

        @Override
        int ask(BillingApi api, PrintWriter out) {
            if (state != null && !STATES.contains(state)) {
                throw new CannotRun("--state must be one of pending, active, ended, not " + state);
            }
            var silences = api.call("GET", PATH + (state == null ? "" : "?state=" + state), null)
                    .filter(JsonNode::isArray)
                    .orElseThrow(SilenceCommand::emptyAnswer)
                    .valueStream()
                    .toList();
            silences.forEach(silence -> out.println(line(silence)));
            out.println(
                    silences.isEmpty()
                            ? "no silence"
                            : silences.size() + (silences.size() == 1 ? " silence" : " silences"));
            return CommandLine.ExitCode.OK;
        }

        private static String line(JsonNode silence) {
            var matchers = silence.path("matchers")
                    .valueStream()
                    .map(JsonNode::asString)
                    .collect(Collectors.joining(", "));
            return "%s  %s  %s to %s  %s  %s  by %s: %s"
                    .formatted(
                            silence.path("id").asString(""),
                            silence.path("state").asString(""),
                            silence.path("startsAt").asString(""),
                            silence.hasNonNull("endsAt")
                                    ? silence.path("endsAt").asString("")
                                    : "the end of its cause",
                            matchers,
                            waiting(silence.path("held").asLong(0)),
                            silence.path("createdBy").asString(""),
                            silence.path("comment").asString(""));
        }
    }

    @Command(name = "end", description = "Ends silences now; what only they held is sent.")
    static final class End extends BillingCommand.Asking {
        private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]+");

        @Parameters(arity = "1..*", paramLabel = "ID", description = "As 'growalert silence list' prints it.")
        private List<String> ids = new ArrayList<>();

        @Override
        int ask(BillingApi api, PrintWriter out) {
            for (var id : ids) {
                if (!ID.matcher(id).matches()) {
                    throw new CannotRun("'%s' is not the id of a silence".formatted(id));
                }
                api.call("DELETE", PATH + "/" + id, null);
                out.println(id + " ended");
            }
            return CommandLine.ExitCode.OK;
        }
    }

    private static String waiting(long held) {
        return held == 1 ? "1 notification waits" : held + " notifications wait";
    }

    private static CannotRun emptyAnswer() {
        return new CannotRun("the response is not that of a dispatcher; does one run there?");
    }

    /** A duration from now, or an instant. */
    static final class Later implements ITypeConverter<Instant> {
        private static final Duration LONGEST = Duration.ofDays(3_650);

        @Override
        public Instant convert(String text) {
            try {
                var now = InstantSource.system().instant();
                return DurationText.parse(text)
                        .filter(duration -> duration.compareTo(LONGEST) <= 0)
                        .map(now::plus)
                        .orElseGet(() -> Instant.parse(text));
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "'%s' is neither a duration such as 2h or 7d nor an instant such as 2026-11-24T18:00:00Z"
                                .formatted(text));
            }
        }
    }
}
