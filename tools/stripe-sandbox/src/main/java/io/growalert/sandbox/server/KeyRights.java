package io.growalert.sandbox.server;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The rights that a request needs of a restricted key, named as Stripe names them: {@code rak_RESOURCE_read} or {@code
 * rak_RESOURCE_write}. A GET needs read, any other method write, and each expanded object read of its resource. Write includes read.
 */
final class KeyRights {
    private static final Pattern NAME = Pattern.compile("rak_([a-z_]+)_(read|write)");

    /** Longer paths first. A star is any segment. The resources of some paths have other names than their objects. */
    private static final List<Map.Entry<String, String>> RESOURCES = List.of(
            Map.entry("/v1/customers/*/payment_methods", "payment_method"),
            Map.entry("/v1/customers", "customer"),
            Map.entry("/v1/payment_methods", "payment_method"),
            Map.entry("/v1/payment_intents", "payment_intent"),
            Map.entry("/v1/setup_intents", "setup_intent"),
            Map.entry("/v1/charges", "charge"),
            Map.entry("/v1/refunds", "charge"),
            Map.entry("/v1/disputes", "dispute"),
            Map.entry("/v1/subscriptions", "subscription"),
            Map.entry("/v1/subscription_items", "subscription"),
            Map.entry("/v1/invoices", "invoice"),
            Map.entry("/v1/invoiceitems", "invoice"),
            Map.entry("/v1/invoice_payments", "invoice"),
            Map.entry("/v1/prices", "plan"),
            Map.entry("/v1/products", "product"),
            Map.entry("/v1/coupons", "coupon"),
            Map.entry("/v1/events", "event"),
            Map.entry("/v1/webhook_endpoints", "webhook"),
            Map.entry("/v1/tokens", "token"),
            Map.entry("/v1/confirmation_tokens", "confirmation_token"),
            Map.entry("/v1/billing_portal", "customer_portal"));

    private static final Map<String, String> EXPANDED = Map.ofEntries(
            Map.entry("customer", "customer"),
            Map.entry("product", "product"),
            Map.entry("price", "plan"),
            Map.entry("default_price", "plan"),
            Map.entry("subscription", "subscription"),
            Map.entry("subscriptions", "subscription"),
            Map.entry("invoice", "invoice"),
            Map.entry("latest_invoice", "invoice"),
            Map.entry("payments", "invoice"),
            Map.entry("payment_intent", "payment_intent"),
            Map.entry("setup_intent", "setup_intent"),
            Map.entry("pending_setup_intent", "setup_intent"),
            Map.entry("payment_method", "payment_method"),
            Map.entry("default_payment_method", "payment_method"),
            Map.entry("charge", "charge"),
            Map.entry("latest_charge", "charge"),
            Map.entry("refund", "charge"),
            Map.entry("refunds", "charge"),
            Map.entry("dispute", "dispute"),
            Map.entry("balance_transaction", "balance_transaction_source"));

    private KeyRights() {}

    static boolean isName(String right) {
        return NAME.matcher(right).matches();
    }

    /** @throws ApiError 403 for an address that no right permits */
    static Set<String> neededBy(ApiCall call) {
        var resource = resource(call.path())
                .orElseThrow(() -> ApiError.permission(
                        "The provided key does not have the required permissions for this endpoint on account 'acct_sandbox'."
                                + " This is a restricted API key, but the required permissions are not available for use by"
                                + " restricted keys."));
        var needed = new LinkedHashSet<String>();
        needed.add("rak_%s_%s".formatted(resource, call.method().equals("GET") ? "read" : "write"));
        for (var path : call.params().texts("expand")) {
            for (var field : path.split("\\.", -1)) {
                var expanded = EXPANDED.get(field);
                if (expanded != null) {
                    needed.add("rak_%s_read".formatted(expanded));
                }
            }
        }
        return needed;
    }

    static boolean permits(Set<String> granted, String needed) {
        return granted.contains(needed)
                || (needed.endsWith("_read") && granted.contains(needed.replaceAll("_read$", "_write")));
    }

    private static Optional<String> resource(String path) {
        var asked = path.split("/", -1);
        return RESOURCES.stream()
                .filter(entry -> startsWith(asked, entry.getKey().split("/", -1)))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean startsWith(String[] path, String[] start) {
        if (path.length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if (!start[i].equals("*") && !start[i].equals(path[i])) {
                return false;
            }
        }
        return true;
    }
}
