package io.growalert.billing.stripe;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rights of a restricted key that billing needs. Write includes read. */
public final class StripeRights {
    private static final Pattern NAME = Pattern.compile("rak_(\\w+)_(read|write)");

    /** The resources as Stripe's form for keys shows them, where that is not the name. */
    private static final Map<String, String> SHOWN = Map.ofEntries(
            Map.entry("charge", "Charges and Refunds"),
            Map.entry("customer", "Customers"),
            Map.entry("customer_portal", "Customer portal"),
            Map.entry("dispute", "Disputes"),
            Map.entry("event", "Events"),
            Map.entry("invoice", "Invoices"),
            Map.entry("payment_intent", "PaymentIntents"),
            Map.entry("payment_method", "PaymentMethods"),
            Map.entry("plan", "Prices"),
            Map.entry("product", "Products"),
            Map.entry("setup_intent", "SetupIntents"),
            Map.entry("subscription", "Subscriptions"),
            Map.entry("webhook", "Webhook Endpoints"));

    private StripeRights() {}

    /**
     * Names of rights, in alphabetical order, such as {@code rak_customer_write}: one for each resource, which is enough for all calls.
     *
     * @param portal whether customers may open Stripe's Customer Portal
     */
    public static List<String> needed(boolean portal) {
        return strongest(StripeCall.made(portal).stream()
                .flatMap(call -> call.rights().stream())
                .toList());
    }

    /** Without those that another one includes, in alphabetical order. */
    public static List<String> strongest(Collection<String> rights) {
        SortedMap<String, String> byResource = new TreeMap<>();
        for (var right : rights) {
            byResource.merge(
                    right.replaceAll("_(read|write)$", ""),
                    right,
                    (one, other) -> one.endsWith("_write") ? one : other);
        }
        return byResource.values().stream().sorted().toList();
    }

    /** As in Stripe's form for keys, such as {@code Customers: Write}; the name itself when it is not known. */
    public static String shown(String right) {
        var name = NAME.matcher(right);
        if (!name.matches() || !SHOWN.containsKey(name.group(1))) {
            return right;
        }
        return "%s: %s".formatted(SHOWN.get(name.group(1)), name.group(2).equals("write") ? "Write" : "Read");
    }

    /** The address of Stripe's form for a new key, with all needed rights chosen. */
    public static String form(boolean live, boolean portal) {
        var permissions =
                needed(portal).stream().map(right -> "permissions[]=" + right).collect(Collectors.joining("&"));
        return "https://dashboard.stripe.com/%sapikeys/create?name=GrowAlert&%s"
                .formatted(live ? "" : "test/", permissions);
    }
}
