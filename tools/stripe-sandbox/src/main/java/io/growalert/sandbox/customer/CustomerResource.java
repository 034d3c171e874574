package io.growalert.sandbox.customer;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Customers. Deleting one notifies the resources that belong to it. */
public final class CustomerResource {
    private static final String KNOWN = """
            email name phone description metadata* address* shipping* tax_exempt preferred_locales[] balance
            invoice_settings[default_payment_method] default_source source payment_method invoice_prefix
            next_invoice_sequence
            """;

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final List<Consumer<ObjectNode>> deletions = new ArrayList<>();
    private BiFunction<Params, ObjectNode, Runnable> means = (_, _) -> () -> {};

    public CustomerResource(Store store, EventLog events, ObjectClock time) {
        this.store = store;
        this.events = events;
        this.time = time;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.post("/v1/customers", KNOWN + " test_clock", this::create);
        endpoints.list("/v1/customers", "customer", "email test_clock", call -> {
            var email = call.params().text("email");
            var clock = call.params().text("test_clock");
            return customer -> (email == null || email.equals(JsonNodes.text(customer, "email")))
                    && (clock == null
                            ? JsonNodes.isNull(customer, "test_clock")
                            : clock.equals(JsonNodes.text(customer, "test_clock")));
        });
        endpoints.search("/v1/customers/search", "customer", "created email metadata name phone");
        endpoints.get("/v1/customers/{id}", call -> retrieve(call.id()));
        endpoints.post("/v1/customers/{id}", KNOWN, this::update);
        endpoints.delete("/v1/customers/{id}", "", this::delete);
    }

    /** Registers what happens to a customer before it is deleted. */
    public void onDelete(Consumer<ObjectNode> deletion) {
        deletions.add(deletion);
    }

    /** How a customer pays: the request is checked first, and executed when the customer's own event is emitted. */
    public void means(BiFunction<Params, ObjectNode, Runnable> means) {
        this.means = means;
    }

    /**
     * @param param that named the customer
     * @throws ApiError 400 when there is none, or it was deleted
     */
    public ObjectNode named(String id, String param) {
        var customer = store.find("customer", id);
        if (customer == null || JsonNodes.flag(customer, "deleted")) {
            throw ApiError.refersToNone("customer", id, param);
        }
        return customer;
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var clock = params.text("test_clock");
        if (clock != null && store.find(ObjectClock.CLOCK, clock) == null) {
            throw ApiError.refersToNone("test clock", clock, "test_clock");
        }
        var customer = Templates.of("customer", "cus_" + ObjectIds.random(14), 0);
        customer.put("test_clock", clock);
        customer.put("created", time.of(customer));
        customer.put("invoice_prefix", ObjectIds.random(8).toUpperCase(Locale.ROOT));
        set(params, customer);
        var then = means.apply(params, customer);
        events.created(customer, "customer.created");
        then.run();
        return customer;
    }

    private ObjectNode retrieve(String id) {
        var customer = store.find("customer", id);
        if (customer == null) {
            throw ApiError.noSuch("customer", id, "id");
        }
        return customer;
    }

    private ObjectNode update(ApiCall call) {
        var customer = store.get("customer", call.id());
        var then = means.apply(call.params(), customer);
        events.changed(customer, "customer.updated", changed -> set(call.params(), changed));
        then.run();
        return customer;
    }

    private void set(Params params, ObjectNode customer) {
        var email = params.text("email");
        if (email != null && !email.matches("[^@\\s]+@[^@\\s]+\\.[^@\\s]+")) {
            throw ApiError.invalid("email_invalid", "Invalid email address: " + email)
                    .param("email");
        }
        ObjectFields.of(params, customer)
                .texts("email", "name", "phone", "description", "invoice_prefix")
                .numbers("balance", "next_invoice_sequence")
                .objects("address", "shipping")
                .metadata();
        if (params.has("tax_exempt")) {
            customer.put("tax_exempt", params.oneOf("tax_exempt", "none", "none", "exempt", "reverse"));
        }
        if (params.has("preferred_locales")) {
            var locales = customer.putArray("preferred_locales");
            params.texts("preferred_locales").forEach(locales::add);
        }
    }

    private ObjectNode delete(ApiCall call) {
        var customer = store.get("customer", call.id());
        deletions.forEach(deletion -> deletion.accept(customer));
        events.emit("customer.deleted", customer, null);
        var deleted = JsonNodes.object();
        deleted.put("id", call.id());
        deleted.put("object", "customer");
        deleted.put("deleted", true);
        return store.save(deleted);
    }
}
