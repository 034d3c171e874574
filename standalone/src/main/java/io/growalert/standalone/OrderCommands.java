package io.growalert.standalone;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** The commands of {@code growalert billing} about orders of devices. */
final class OrderCommands {
    private static final List<String> STATES =
            List.of("open", "address_missing", "shipped", "unknown", "refunded", "canceled", "none");

    private OrderCommands() {}

    @Command(
            name = "orders",
            description = "Lists the orders of devices, the latest first, each with the address to ship to.")
    static final class Orders extends BillingCommand.Asking {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                description =
                        "Only orders that are open, address_missing, shipped, unknown: paid before shipments were recorded, "
                                + "refunded, canceled or none: not paid.")
        private @Nullable String state;

        @Override
        int ask(BillingApi billing, PrintWriter out) {
            if (state != null && !STATES.contains(state)) {
                throw new CannotRun(
                        "'%s' is no state of an order: expected one of %s".formatted(state, String.join(", ", STATES)));
            }
            var query = "/api/billing/orders?limit=1000" + (state == null ? "" : "&state=" + state);
            int count = 0;
            @Nullable String cursor = "";
            while (cursor != null) {
                var page = billing.call("GET", query + DuplicatesCommand.next(cursor), null)
                        .orElseThrow(() -> new CannotRun("the response has no list of orders"));
                for (var order : page.path("orders")) {
                    count++;
                    out.println(line(order));
                }
                cursor = page.path("next").isString() ? page.path("next").asString() : null;
            }
            out.println(count == 1 ? "1 order" : count + " orders");
            return CommandLine.ExitCode.OK;
        }

        private static String line(JsonNode order) {
            var columns = Stream.of("id", "createdAt", "shippingState", "quantity", "customer", "tracking")
                    .map(field -> order.path(field).asString(""))
                    .filter(text -> !text.isEmpty());
            return Stream.concat(columns, address(order.path("shipping")).stream())
                    .collect(Collectors.joining("  "));
        }

        private static Optional<String> address(JsonNode shipping) {
            var text = Stream.of("name", "line1", "line2", "postalCode", "city", "state", "country", "phone")
                    .map(field -> shipping.path(field).asString(""))
                    .filter(part -> !part.isEmpty())
                    .collect(Collectors.joining(", "));
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        }
    }

    /** A command about one order. */
    abstract static class OfOrder extends BillingCommand.Asking {
        @Parameters(paramLabel = "ORDER", description = "Such as ord_1...")
        private String order = "";

        final String order() {
            if (!order.matches("\\w+")) {
                throw new CannotRun("'%s' is not an order's id, such as ord_1...".formatted(order));
            }
            return order;
        }

        final String path(String change) {
            return "/api/billing/orders/%s/%s".formatted(order(), change);
        }
    }

    @Command(
            name = "shipped",
            description = "Marks an order as shipped; its customer gets a mail. Again: changes its tracking.")
    static final class Shipped extends OfOrder {
        @Option(names = "--tracking", paramLabel = "TEXT", description = "The number or the link of the shipment.")
        private @Nullable String tracking;

        @Option(names = "--no-mail", description = "Sends the customer no mail.")
        private boolean quiet;

        @Override
        int ask(BillingApi billing, PrintWriter out) {
            var body = new HashMap<String, Object>(Map.of("notify", !quiet));
            if (tracking != null) {
                body.put("tracking", tracking);
            }
            billing.call("POST", path("shipped"), body);
            out.println("order %s is shipped".formatted(order()));
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "refund",
            description =
                    "Refunds an order at Stripe, in full or in part. Prints the key of the request before it is sent: when the "
                            + "response is lost, the same command with --key refunds once.")
    static final class Refund extends OfOrder {
        @Option(
                names = "--amount",
                paramLabel = "AMOUNT",
                description =
                        "In the currency's smallest unit, such as cents (default: all that was not refunded before).")
        private @Nullable Long amount;

        @Option(names = "--key", paramLabel = "KEY", description = "Of an earlier request whose response was lost.")
        private @Nullable String key;

        @Override
        int ask(BillingApi billing, PrintWriter out) {
            var path = path("refund");
            var once = key == null ? UUID.randomUUID().toString() : key;
            out.println("key " + once);
            var refund = billing.call("POST", path, amount == null ? Map.of() : Map.of("amount", amount), once)
                    .orElseThrow(() -> new CannotRun("the response has no refund"));
            out.println("order %s: %d %s refunded (%s, %s)"
                    .formatted(
                            order(),
                            refund.path("amount").asLong(0),
                            refund.path("currency").asString(""),
                            refund.path("refund").asString(""),
                            refund.path("status").asString("")));
            return CommandLine.ExitCode.OK;
        }
    }
}
