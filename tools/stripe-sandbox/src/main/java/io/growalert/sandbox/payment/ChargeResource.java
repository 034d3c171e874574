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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Charges: each is one attempt to charge a card or to debit a bank account. */
public final class ChargeResource {
    /** The least that can be charged, in the smallest unit. */
    public static final long LEAST = 50;

    private static final long MOST = 99_999_999;

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final TokenResource tokens;
    private final CustomerResource customers;
    private final Receipts receipts;
    private final BankDebits debits;
    private final List<Consumer<ObjectNode>> settlements = new ArrayList<>();

    public ChargeResource(
            Store store,
            EventLog events,
            ObjectClock time,
            TokenResource tokens,
            CustomerResource customers,
            Receipts receipts,
            BankDebits debits) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.tokens = tokens;
        this.customers = customers;
        this.receipts = receipts;
        this.debits = debits;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.post(
                "/v1/charges",
                "amount currency source customer description metadata* receipt_email capture statement_descriptor statement_descriptor_suffix shipping*",
                this::create);
        endpoints.list("/v1/charges", "charge", "customer payment_intent", call -> {
            var customer = call.params().text("customer");
            var intent = call.params().text("payment_intent");
            return charge -> (customer == null || customer.equals(JsonNodes.text(charge, "customer")))
                    && (intent == null || intent.equals(JsonNodes.text(charge, "payment_intent")));
        });
        endpoints.search(
                "/v1/charges/search", "charge", "amount created currency customer disputed metadata refunded status");
        endpoints.get("/v1/charges/{id}", call -> store.get("charge", call.id()));
        endpoints.post(
                "/v1/charges/{id}",
                "description metadata* receipt_email fraud_details[user_report] shipping*",
                call -> {
                    var charge = store.get("charge", call.id());
                    events.changed(charge, "charge.updated", changed -> ObjectFields.of(call.params(), changed)
                            .texts("description", "receipt_email")
                            .objects("fraud_details", "shipping")
                            .metadata());
                    return charge;
                });
    }

    /** Registers what follows a succeeded charge after all of its events. */
    void onSettled(Consumer<ObjectNode> settlement) {
        settlements.add(settlement);
    }

    /**
     * The amount and currency of what is to be paid.
     *
     * @throws ApiError 400 where one is missing, or the amount is too small or large
     */
    public static Money money(Params params) {
        if (!params.has("amount")) {
            throw ApiError.missingParam("amount");
        }
        var amount = params.number("amount", 0);
        var currency = params.require("currency").toLowerCase(Locale.ROOT);
        if (!currency.matches("[a-z]{3}")) {
            throw ApiError.invalid("Invalid currency: " + currency).param("currency");
        }
        if (amount < 1) {
            throw ApiError.invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.")
                    .param("amount");
        }
        if (amount < LEAST) {
            throw ApiError.invalid("amount_too_small", "Amount must be at least 50 cents")
                    .param("amount");
        }
        if (amount > MOST) {
            throw ApiError.invalid("amount_too_large", "Amount must be no more than 99999999")
                    .param("amount");
        }
        return new Money(amount, currency);
    }

    /** In the currency's smallest unit. */
    public record Money(long amount, String currency) {}

    /**
     * Charges the card, or declines, and emits the event of it. A succeeded charge must be {@linkplain #settle settled}, the
     * debit of a bank account {@linkplain #finish finished}.
     *
     * @param draft a new charge with whom and what it is for
     * @param decline why not; null when it succeeds
     */
    ObjectNode take(ObjectNode draft, Money money, ObjectNode method, TestCard.@Nullable Decline decline) {
        draft.put("amount", money.amount());
        draft.put("currency", money.currency());
        draft.put("payment_method", JsonNodes.id(method));
        draft.put("_number", JsonNodes.textOf(method, "_number"));
        if (BankDebits.isDebit(method)) {
            debits.show(draft, method);
        } else {
            showCard(draft, method);
        }
        if (method.path("billing_details") instanceof ObjectNode billing) {
            draft.set("billing_details", billing.deepCopy());
        }
        if (BankDebits.isDebit(method)) {
            draft.put("status", "pending").put("paid", false);
            draft.put("amount_captured", money.amount());
            return events.created(draft, "charge.pending");
        }
        if (decline == null) {
            draft.put("amount_captured", money.amount());
            return events.created(draft, "charge.succeeded");
        }
        decline(draft, decline);
        return events.created(draft, "charge.failed");
    }

    /** The debit of a bank account paid, or did not. */
    void finish(ObjectNode charge, TestCard.@Nullable Decline decline) {
        if (decline == null) {
            events.changed(charge, "charge.succeeded", changed -> changed.put("status", "succeeded")
                    .put("paid", true));
        } else {
            events.changed(charge, "charge.failed", changed -> decline(changed, decline));
        }
    }

    private static void showCard(ObjectNode draft, ObjectNode method) {
        var shownCard = method.path("card") instanceof ObjectNode card ? card : method;
        var details = draft.withObjectProperty("payment_method_details").withObjectProperty("card");
        for (var field : List.of("exp_month", "exp_year", "fingerprint", "last4", "country", "funding")) {
            details.set(field, shownCard.path(field));
        }
        var brand = PaymentMethodResource.card(method).brand();
        details.put("brand", brand).put("network", brand);
        details.withObjectProperty("overcapture").put("maximum_amount_capturable", JsonNodes.number(draft, "amount"));
    }

    private static void decline(ObjectNode draft, TestCard.Decline decline) {
        draft.put("status", "failed").put("paid", false).put("captured", false).put("amount_captured", 0);
        draft.put("failure_code", decline.code()).put("failure_message", decline.message());
        var outcome = draft.withObjectProperty("outcome");
        outcome.put("network_status", "declined_by_network").put("type", "issuer_declined");
        outcome.put("reason", decline.declineCode() == null ? decline.code() : decline.declineCode());
        outcome.put("seller_message", "The bank did not return any further details with this decline.");
    }

    /** Books a charge that succeeded: its balance transaction comes after the charge itself. */
    void settle(ObjectNode charge) {
        events.changed(charge, "charge.updated", changed -> {
            changed.put("balance_transaction", ObjectIds.next("txn"));
            receipts.publish(changed);
        });
        settlements.forEach(settlement -> settlement.accept(charge));
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var money = money(params);
        var customerId = params.text("customer");
        var customer = customerId == null ? null : customers.named(customerId, "customer");
        var source = source(params, customer);
        var charge = Templates.of("charge", ObjectIds.next("ch"), customer == null ? time.now() : time.of(customer));
        charge.put("customer", customerId);
        charge.set("source", JsonNodes.shown(source));
        ObjectFields.of(params, charge)
                .texts("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix")
                .objects("shipping")
                .metadata();
        if (params.has("capture") && !params.flag("capture")) {
            throw ApiError.invalid("The sandbox captures every charge at once.").param("capture");
        }
        var card = PaymentMethodResource.card(source);
        // Charges cannot authenticate the holder, so a card that requires it is declined.
        var decline = card.authentication() == TestCard.Authentication.NEVER
                ? card.decline()
                : TestCard.AUTHENTICATION_REQUIRED;
        take(charge, money, source, decline);
        if (decline != null) {
            throw decline.error().with("charge", JsonNodes.id(charge));
        }
        settle(charge);
        return charge;
    }

    private ObjectNode source(Params params, @Nullable ObjectNode customer) {
        var id = params.text("source");
        if (customer == null) {
            if (id == null) {
                throw ApiError.invalid("Must provide source or customer.");
            }
            if (id.startsWith("card_")) {
                throw ApiError.refersToNone("token", id, "source");
            }
            return tokens.use(id, "source");
        }
        var owned = store.find("card", id == null ? JsonNodes.text(customer, "default_source") : id);
        if (id == null && owned == null) {
            throw ApiError.card("missing", null, "Cannot charge a customer that has no active card")
                    .param("card");
        }
        if (owned == null || !JsonNodes.id(customer).equals(JsonNodes.text(owned, "customer"))) {
            throw ApiError.invalid(
                            "missing",
                            "Customer %s does not have a linked source with ID %s."
                                    .formatted(JsonNodes.id(customer), id))
                    .param("source");
        }
        return owned;
    }
}
