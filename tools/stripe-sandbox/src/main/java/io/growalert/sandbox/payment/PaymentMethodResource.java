package io.growalert.sandbox.payment;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Payment methods, which are cards or bank accounts, and whom they belong to. */
public final class PaymentMethodResource {
    private static final String KIND = "payment_method";
    private static final String DATA = "type billing_details* metadata* allow_redisplay";

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final TokenResource tokens;
    private final CustomerResource customers;

    public PaymentMethodResource(
            Store store, EventLog events, ObjectClock time, TokenResource tokens, CustomerResource customers) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.tokens = tokens;
        this.customers = customers;
    }

    public void routes(ResourceRoutes endpoints) {
        customers.means(this::means);
        endpoints.client(
                "POST",
                "/v1/payment_methods",
                DATA + " card[token] " + CardData.KNOWN + BankDebits.KNOWN,
                call -> create(call.params()));
        endpoints.list("/v1/payment_methods", KIND, "customer type", call -> {
            var customer = call.params().text("customer");
            return method ->
                    customer != null && customer.equals(JsonNodes.text(method, "customer")) && ofType(call, method);
        });
        endpoints.get("/v1/payment_methods/{id}", call -> method(call.id()));
        endpoints.post("/v1/payment_methods/{id}", DATA + " card[exp_month] card[exp_year]", this::update);
        endpoints.post("/v1/payment_methods/{id}/attach", "customer", call -> {
            var customer = customers.named(call.params().require("customer"), "customer");
            var method = named(call.id(), "id");
            attach(method, customer);
            return method;
        });
        endpoints.post("/v1/payment_methods/{id}/detach", "", this::detach);
        endpoints.list("/v1/customers/{id}/payment_methods", KIND, "type", call -> {
            store.get("customer", call.id());
            return method -> call.id().equals(JsonNodes.text(method, "customer")) && ofType(call, method);
        });
        endpoints.get("/v1/customers/{id}/payment_methods/{method}", call -> {
            var method = store.get(KIND, Objects.requireNonNull(call.variables().get("method")));
            if (!call.id().equals(JsonNodes.text(method, "customer"))) {
                throw ApiError.noSuch("PaymentMethod", JsonNodes.id(method), "id");
            }
            return method;
        });
    }

    /**
     * The payment method, or the card, of an id; a ready-made one becomes a new payment method each time.
     *
     * @param param that named it
     * @throws ApiError 400 when there is none
     */
    public ObjectNode named(String id, String param) {
        var readyMade = TestCard.named(id, "pm_card_");
        if (readyMade != null) {
            return store.save(of(CardData.readyMade(readyMade, time.now())));
        }
        var account = TestIban.named(id);
        if (account != null) {
            var debit = Templates.of(KIND, ObjectIds.next("pm"), time.now());
            BankDebits.show(account, debit);
            return store.save(debit);
        }
        var method = store.find(KIND, id);
        var found = method == null ? store.find("card", id) : method;
        if (found == null) {
            throw ApiError.refersToNone("PaymentMethod", id, param);
        }
        return found;
    }

    /** A new payment method of a type and a card, or of a token. */
    public ObjectNode create(Params params) {
        if (params.require("type").equals(BankDebits.TYPE)) {
            var debit = Templates.of(KIND, ObjectIds.next("pm"), time.now());
            BankDebits.show(BankDebits.read(params), debit);
            set(params, debit);
            return store.save(debit);
        }
        if (!params.require("type").equals("card")) {
            throw ApiError.invalid("The sandbox knows payment methods of the types card and sepa_debit.")
                    .param("type");
        }
        var card = params.child("card");
        if (card.isEmpty()) {
            throw ApiError.missingParam(params.path("card"));
        }
        var token = card.text("token");
        var method = of(token == null ? CardData.read(card, time.now()) : data(tokens.use(token, card.path("token"))));
        set(params, method);
        return store.save(method);
    }

    /** What happens when a payment method is charged. */
    public static TestCard card(ObjectNode method) {
        return TestCard.of(JsonNodes.textOf(method, "_number"));
    }

    /** Whether its holder has agreed to later payments. */
    static boolean setUp(ObjectNode method) {
        return JsonNodes.flag(method, "_set_up");
    }

    void markSetUp(ObjectNode method) {
        method.put("_set_up", true);
        store.save(method);
    }

    /** A payment method without a customer pays once. */
    void markUsed(ObjectNode method) {
        method.put("_used", true);
        store.save(method);
    }

    /**
     * The default of a customer's payments.
     *
     * @return null when there is none
     */
    @Nullable
    public ObjectNode defaultOf(ObjectNode customer) {
        var method = store.find(KIND, JsonNodes.text(customer.path("invoice_settings"), "default_payment_method"));
        return method == null ? store.find("card", JsonNodes.text(customer, "default_source")) : method;
    }

    /**
     * Gives a payment method to a customer.
     *
     * @throws ApiError 400 when it is another's or was used up; 402 for a card that cannot be saved
     */
    void attach(ObjectNode method, ObjectNode customer) {
        var owner = JsonNodes.text(method, "customer");
        if (JsonNodes.id(customer).equals(owner)) {
            return;
        }
        if (owner != null) {
            throw ApiError.invalid("The payment method you provided has already been attached to a customer.");
        }
        checkUnused(method);
        savable(method);
        method.put("customer", JsonNodes.id(customer));
        store.save(method);
        events.emit("payment_method.attached", method, null);
    }

    /**
     * @throws ApiError 400 when it has paid once without a customer, or was detached from its customer
     */
    static void checkUnused(ObjectNode method) {
        if (JsonNodes.flag(method, "_used") && JsonNodes.isNull(method, "customer")) {
            throw ApiError.invalid(
                    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.");
        }
    }

    /** What a customer is created or updated with to pay by. */
    private Runnable means(Params params, ObjectNode customer) {
        var source = params.text("source");
        var attached = params.text("payment_method");
        var byDefault = params.child("invoice_settings").text("default_payment_method");
        var card = source == null ? null : savable(tokens.use(source, "source"));
        var method = attached == null ? null : savable(named(attached, "payment_method"));
        if (byDefault != null && !byDefault.equals(attached)) {
            var owned = named(byDefault, "invoice_settings[default_payment_method]");
            if (!JsonNodes.id(customer).equals(JsonNodes.text(owned, "customer"))) {
                throw ApiError.invalid(
                                "resource_missing",
                                "The customer does not have a payment method with the ID %s. The payment method must be attached to the customer."
                                        .formatted(byDefault))
                        .param("invoice_settings[default_payment_method]");
            }
        }
        return () -> {
            if (card != null) {
                card.put("customer", JsonNodes.id(customer));
                store.save(card);
                events.emit("customer.source.created", card, null);
                events.changed(
                        customer, "customer.updated", changed -> changed.put("default_source", JsonNodes.id(card)));
            }
            if (method != null) {
                attach(method, customer);
            }
            if (byDefault != null) {
                var id = method != null && byDefault.equals(attached) ? JsonNodes.id(method) : byDefault;
                events.changed(customer, "customer.updated", changed -> changed.withObjectProperty("invoice_settings")
                        .put("default_payment_method", id));
            }
        };
    }

    private static ObjectNode savable(ObjectNode method) {
        var card = card(method);
        if (card.decline() != null && !card.saved()) {
            throw card.decline().error();
        }
        return method;
    }

    private ObjectNode method(String id) {
        return TestCard.named(id, "pm_card_") == null && TestIban.named(id) == null
                ? store.get(KIND, id)
                : named(id, "id");
    }

    private static boolean ofType(ApiCall call, ObjectNode method) {
        var type = call.params().text("type");
        return type == null || type.equals(JsonNodes.text(method, "type"));
    }

    private ObjectNode update(ApiCall call) {
        var method = store.get(KIND, call.id());
        if (JsonNodes.isNull(method, "customer")) {
            throw ApiError.invalid("You must save this PaymentMethod to a customer before you can update it.");
        }
        events.changed(method, "payment_method.updated", changed -> {
            set(call.params(), changed);
            if (changed.path("card") instanceof ObjectNode card) {
                ObjectFields.of(call.params().child("card"), card).numbers("exp_month", "exp_year");
            }
        });
        return method;
    }

    private ObjectNode detach(ApiCall call) {
        var method = store.get(KIND, call.id());
        if (JsonNodes.isNull(method, "customer")) {
            throw ApiError.invalid(
                    "The payment method you provided is not attached to a customer so detachment is impossible.");
        }
        var owner = store.find("customer", JsonNodes.text(method, "customer"));
        if (owner != null
                && call.id().equals(JsonNodes.text(owner.path("invoice_settings"), "default_payment_method"))) {
            events.changed(owner, "customer.updated", changed -> changed.withObjectProperty("invoice_settings")
                    .putNull("default_payment_method"));
        }
        var was = JsonNodes.object();
        was.set("customer", method.path("customer"));
        method.putNull("customer");
        markUsed(method);
        events.emit("payment_method.detached", method, was);
        return method;
    }

    private static void set(Params params, ObjectNode method) {
        ObjectFields.of(params, method).texts("allow_redisplay").metadata();
        var details = params.child("billing_details");
        ObjectFields.of(details, method.withObjectProperty("billing_details"))
                .texts("email", "name", "phone", "tax_id");
        ObjectFields.of(
                        details.child("address"),
                        method.withObjectProperty("billing_details").withObjectProperty("address"))
                .texts("city", "country", "line1", "line2", "postal_code", "state");
    }

    private ObjectNode of(CardData data) {
        var method = Templates.of(KIND, ObjectIds.next("pm"), time.now());
        var card = method.withObjectProperty("card");
        data.show(card);
        card.put("display_brand", data.card().brand());
        card.withObjectProperty("networks")
                .putArray("available")
                .add(data.card().brand());
        method.put("_number", data.card().number());
        return method;
    }

    private static CardData data(ObjectNode card) {
        return new CardData(card(card), JsonNodes.number(card, "exp_month"), JsonNodes.number(card, "exp_year"));
    }
}
