package io.growalert.standalone;

import java.io.PrintWriter;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code growalert billing duplicates}. */
@Command(
        name = "duplicates",
        description =
                "Lists the customers that share an e-mail address: each address, then its customers, the oldest first.")
final class DuplicatesCommand extends BillingCommand.Asking {
    @Override
    int ask(BillingApi billing, PrintWriter out) {
        int count = 0;
        @Nullable String cursor = "";
        while (cursor != null) {
            var page = billing.call("GET", "/api/billing/duplicates?limit=1000" + next(cursor), null)
                    .orElseThrow(() -> new CannotRun("the response has no list of addresses"));
            for (var address : page.path("addresses")) {
                count++;
                out.println(address.path("email").asString(""));
                address.path("customers").forEach(customer -> out.println("  " + line(customer)));
            }
            cursor = page.path("next").isString() ? page.path("next").asString() : null;
        }
        out.println(
                switch (count) {
                    case 0 -> "no customers share an address";
                    case 1 -> "1 address is shared";
                    default -> count + " addresses are shared";
                });
        return CommandLine.ExitCode.OK;
    }

    static String next(String cursor) {
        return cursor.isEmpty() ? "" : "&cursor=" + cursor;
    }

    private static String line(JsonNode customer) {
        var parts = new ArrayList<String>();
        parts.add(customer.path("id").asString(""));
        parts.add("created " + customer.path("createdAt").asString("unknown"));
        parts.add(customer.path("subscription").asString("no subscription"));
        long orders = customer.path("orders").asLong(0);
        parts.add(orders == 1 ? "1 order" : orders + " orders");
        if (customer.path("verified").asBoolean(false)) {
            parts.add("signed in by mail");
        }
        return String.join("  ", parts);
    }
}
