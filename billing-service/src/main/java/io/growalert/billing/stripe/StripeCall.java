package io.growalert.billing.stripe;

import com.stripe.net.ApiResource.RequestMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The calls to Stripe that billing makes, each with the rights that it needs of a restricted key, expansions included, and a request
 * that tries it. Stripe checks rights before it looks anything up, so a request that only reads, or names an object that does not
 * exist, changes nothing and shows whether the call is permitted.
 */
enum StripeCall {
    LIST_PRICES("offers the prices", "plan_read product_read", "GET /v1/prices", "expand[]=data.product&limit=1"),

    RETRIEVE_PRODUCT("names plans that are no longer offered", "product_read", "GET /v1/products/{id}"),

    RETRIEVE_CUSTOMER(
            "shows customers their account",
            "customer_read payment_method_read",
            "GET /v1/customers/{id}",
            "expand[]=invoice_settings.default_payment_method"),
    LIST_CUSTOMERS("reconciles", "customer_read", "GET /v1/customers", "limit=1"),
    // no field is required, so that a request to create one would; the right to change one is the same
    CREATE_CUSTOMER(
            "registers customers",
            "customer_write",
            "POST /v1/customers",
            "POST /v1/customers/{id}",
            "description=doctor"),
    UPDATE_CUSTOMER("changes addresses and cards", "customer_write", "POST /v1/customers/{id}", "description=doctor"),
    DELETE_CUSTOMER("erases customers", "customer_write", "DELETE /v1/customers/{id}"),

    CREATE_SUBSCRIPTION(
            "subscribes customers",
            "subscription_write invoice_read setup_intent_read",
            "POST /v1/subscriptions",
            "customer={id}&items[0][price]={id}&expand[]=latest_invoice.confirmation_secret&expand[]=pending_setup_intent"),
    LIST_SUBSCRIPTIONS(
            "shows subscriptions and reconciles",
            "subscription_read payment_method_read",
            "GET /v1/subscriptions",
            "expand[]=data.default_payment_method&limit=1"),
    RETRIEVE_SUBSCRIPTION(
            "resumes started subscriptions",
            "subscription_read invoice_read setup_intent_read",
            "GET /v1/subscriptions/{id}",
            "expand[]=latest_invoice.confirmation_secret&expand[]=pending_setup_intent"),
    UPDATE_SUBSCRIPTION(
            "schedules and revokes cancellations, changes plans",
            "subscription_write invoice_read setup_intent_read",
            "POST /v1/subscriptions/{id}",
            "cancel_at_period_end=false&expand[]=latest_invoice.confirmation_secret&expand[]=pending_setup_intent"),
    CANCEL_SUBSCRIPTION("cancels subscriptions", "subscription_write", "DELETE /v1/subscriptions/{id}"),

    LIST_INVOICES("reconciles", "invoice_read", "GET /v1/invoices", "limit=1"),
    RETRIEVE_INVOICE(
            "lets customers pay open invoices",
            "invoice_read",
            "GET /v1/invoices/{id}",
            "expand[]=confirmation_secret"),
    PREVIEW_INVOICE(
            "shows what a plan change costs", "invoice_write", "POST /v1/invoices/create_preview", "subscription={id}"),
    PAY_INVOICE("lets customers pay open invoices", "invoice_write", "POST /v1/invoices/{id}/pay", "off_session=false"),
    VOID_INVOICE("discards subscriptions that were never paid", "invoice_write", "POST /v1/invoices/{id}/void"),
    LIST_INVOICE_PAYMENTS("reconciles", "invoice_read", "GET /v1/invoice_payments", "limit=1"),
    RETRIEVE_INVOICE_PAYMENT("repairs records", "invoice_read", "GET /v1/invoice_payments/{id}"),

    CREATE_PAYMENT(
            "charges orders",
            "payment_intent_write",
            "POST /v1/payment_intents",
            "amount=100&currency=eur&customer={id}"),
    LIST_PAYMENTS(
            "finds payments of interrupted orders, reconciles",
            "payment_intent_read",
            "GET /v1/payment_intents",
            "limit=1"),
    RETRIEVE_PAYMENT(
            "resumes orders",
            "payment_intent_read charge_read",
            "GET /v1/payment_intents/{id}",
            "expand[]=latest_charge"),
    CONFIRM_PAYMENT(
            "charges orders",
            "payment_intent_write charge_read",
            "POST /v1/payment_intents/{id}/confirm",
            "use_stripe_sdk=true&expand[]=latest_charge"),
    CANCEL_PAYMENT(
            "cancels payments of orders",
            "payment_intent_write charge_read",
            "POST /v1/payment_intents/{id}/cancel",
            "expand[]=latest_charge"),
    CREATE_SETUP("replaces cards", "setup_intent_write", "POST /v1/setup_intents", "customer={id}&usage=off_session"),
    RETRIEVE_SETUP(
            "replaces cards",
            "setup_intent_read payment_method_read",
            "GET /v1/setup_intents/{id}",
            "expand[]=payment_method"),
    RETRIEVE_PAYMENT_METHOD("knows whose card it is", "payment_method_read", "GET /v1/payment_methods/{id}"),

    LIST_CHARGES("reconciles", "charge_read", "GET /v1/charges", "limit=1"),
    RETRIEVE_CHARGE("repairs records", "charge_read", "GET /v1/charges/{id}"),
    CREATE_REFUND("refunds orders", "charge_write", "POST /v1/refunds", "payment_intent={id}"),
    LIST_REFUNDS("reconciles", "charge_read", "GET /v1/refunds", "limit=1"),
    RETRIEVE_REFUND("repairs records", "charge_read", "GET /v1/refunds/{id}"),
    LIST_DISPUTES("reconciles", "dispute_read", "GET /v1/disputes", "limit=1"),
    RETRIEVE_DISPUTE("repairs records", "dispute_read", "GET /v1/disputes/{id}"),

    LIST_EVENTS("finds events that did not arrive", "event_read", "GET /v1/events", "limit=1"),
    LIST_WEBHOOK_ENDPOINTS("checks the webhook endpoint", "webhook_read", "GET /v1/webhook_endpoints", "limit=1"),

    /** Only where the portal is enabled. */
    OPEN_PORTAL(
            "leads customers to Stripe's portal",
            "customer_portal_write",
            "POST /v1/billing_portal/sessions",
            "customer={id}");

    /** Without a prefix, so that it is no object's. */
    private static final String NO_OBJECT = "growalertdoctor";

    private final String purpose;
    /** Separated by spaces. */
    private final String rights;

    private final String request;
    private final RequestMethod method;
    private final String path;
    private final String parameters;

    StripeCall(String purpose, String rights, String request) {
        this(purpose, rights, request, request, "");
    }

    StripeCall(String purpose, String rights, String request, String parameters) {
        this(purpose, rights, request, request, parameters);
    }

    /**
     * @param tried the request that tries it
     * @param parameters of that
     */
    StripeCall(String purpose, String rights, String request, String tried, String parameters) {
        this.purpose = purpose;
        this.request = request;
        this.rights = rights;
        var words = tried.split(" ", -1);
        method = RequestMethod.valueOf(words[0]);
        path = words[1];
        this.parameters = parameters;
    }

    /** @param portal whether customers may open Stripe's Customer Portal */
    static List<StripeCall> made(boolean portal) {
        return Arrays.stream(values())
                .filter(call -> portal || call != OPEN_PORTAL)
                .toList();
    }

    /** What billing does by it, such as {@code charges orders}. */
    String purpose() {
        return purpose;
    }

    /** Such as {@code rak_customer_read}. */
    Set<String> rights() {
        return Arrays.stream(rights.split(" ", -1))
                .map(right -> "rak_" + right)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Such as {@code POST /v1/payment_intents/{id}/confirm}. */
    String request() {
        return request;
    }

    /** Of the request that tries it. */
    RequestMethod method() {
        return method;
    }

    /** Of the request that tries it. */
    String triedPath() {
        var tried = path.replace("{id}", NO_OBJECT);
        return method == RequestMethod.POST || parameters.isEmpty() ? tried : tried + "?" + triedParameters();
    }

    /** As in a form. */
    String triedParameters() {
        return parameters.replace("{id}", NO_OBJECT).replace("[", "%5B").replace("]", "%5D");
    }
}
