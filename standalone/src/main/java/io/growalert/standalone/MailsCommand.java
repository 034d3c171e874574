package io.growalert.standalone;

import java.io.PrintWriter;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code growalert billing mails}. */
@Command(
        name = "mails",
        description =
                "Lists the mails to customers, the latest first, sends one of them again, or discards a parked one. Shows no addresses.")
final class MailsCommand extends BillingCommand.Asking {
    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only those queued, sent, parked or discarded (default: all).")
    private @Nullable String state;

    @Option(names = "--resend", paramLabel = "ID", description = "Sends this mail again.")
    private @Nullable Long resend;

    @Option(names = "--discard", paramLabel = "ID", description = "Ends this parked mail: it is not sent.")
    private @Nullable Long discard;

    @Override
    int ask(BillingApi billing, PrintWriter out) {
        if (resend != null) {
            return change(billing, out, resend, "resend");
        }
        if (discard != null) {
            return change(billing, out, discard, "discard");
        }
        if (state != null && !state.matches("\\w+")) {
            throw new CannotRun("'%s' is no state: expected queued, sent, parked or discarded".formatted(state));
        }
        int count = 0;
        @Nullable String cursor = "";
        while (cursor != null) {
            var page = billing.call("GET", path(cursor), null)
                    .orElseThrow(() -> new CannotRun("the response has no list of mails"));
            for (var mail : page.path("mails")) {
                count++;
                out.println(String.join(
                        "  ",
                        Stream.of("id", "createdAt", "state", "kind", "customer", "subject", "error")
                                .map(field -> mail.path(field).asString(""))
                                .filter(text -> !text.isEmpty())
                                .toList()));
            }
            cursor = page.path("next").isString() ? page.path("next").asString() : null;
        }
        out.println(count == 1 ? "1 mail" : count + " mails");
        return CommandLine.ExitCode.OK;
    }

    private static int change(BillingApi billing, PrintWriter out, long id, String change) {
        var mail = billing.call("POST", "/api/billing/mails/%d/%s".formatted(id, change), null)
                .orElseThrow(() -> new CannotRun("the response has no mail"));
        out.println("mail %d (%s) is %s"
                .formatted(
                        id, mail.path("kind").asString(""), mail.path("state").asString("")));
        return CommandLine.ExitCode.OK;
    }

    private String path(String cursor) {
        return "/api/billing/mails?limit=1000" + (state == null ? "" : "&state=" + state)
                + (cursor.isEmpty() ? "" : "&cursor=" + cursor);
    }
}
