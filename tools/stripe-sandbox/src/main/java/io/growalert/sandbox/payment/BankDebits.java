package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** SEPA debits: payment methods that are bank accounts, and the mandates to debit them. */
public final class BankDebits {
    static final String TYPE = "sepa_debit";
    static final String KNOWN = " sepa_debit[iban]";

    private final Store store;

    public BankDebits(Store store) {
        this.store = store;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.get("/v1/mandates/{id}", call -> store.get("mandate", call.id()));
    }

    public static boolean isDebit(ObjectNode method) {
        return TYPE.equals(JsonNodes.text(method, "type"));
    }

    static TestIban iban(ObjectNode method) {
        return Objects.requireNonNull(TestIban.of(JsonNodes.textOf(method, "_number")));
    }

    /**
     * The account that a request names.
     *
     * @throws ApiError 400 for a number that is no IBAN, or without its holder's name and address
     */
    static TestIban read(Params params) {
        var number = params.child(TYPE).require("iban");
        params.child("billing_details").require("name");
        params.child("billing_details").require("email");
        var iban = TestIban.of(number);
        if (iban == null) {
            throw ApiError.invalid("invalid_bank_account_iban", "The IBAN you provided is invalid.")
                    .param(params.child(TYPE).path("iban"));
        }
        return iban;
    }

    /** @throws ApiError 400 for a debit of an intent in another currency, or that names other types */
    static void checkAllowed(ObjectNode intent, ObjectNode method) {
        if (!isDebit(method)) {
            return;
        }
        var named = intent.path("payment_method_types").valueStream().anyMatch(type -> TYPE.equals(type.asString("")));
        var automatic = JsonNodes.flag(intent.path("automatic_payment_methods"), "enabled") || intent.has("_invoice");
        if (!"eur".equals(JsonNodes.text(intent, "currency")) || (!named && !automatic)) {
            throw ApiError.invalid(
                            "The PaymentMethod provided (sepa_debit) is not allowed for this PaymentIntent. It needs the currency eur, and sepa_debit among its payment_method_types.")
                    .param("payment_method");
        }
    }

    /** Makes a new payment method, which is a card so far, one of a bank account. */
    static void show(TestIban iban, ObjectNode method) {
        method.remove("card");
        method.put("type", TYPE).put("_number", iban.number());
        var details = method.putObject(TYPE);
        account(iban, details);
        details.putObject("generated_from").putNull("charge").putNull("setup_attempt");
    }

    /** The details of a charge. */
    void show(ObjectNode charge, ObjectNode method) {
        var details =
                charge.putObject("payment_method_details").put("type", TYPE).putObject(TYPE);
        account(iban(method), details);
        details.put("mandate", mandate(method));
    }

    /** The id of the mandate of a payment method, made when it is first needed. */
    String mandate(ObjectNode method) {
        var known = JsonNodes.text(method, "_mandate");
        if (known != null) {
            return known;
        }
        var mandate = Templates.of("mandate", ObjectIds.next("mandate"), 0);
        mandate.put("payment_method", JsonNodes.id(method));
        mandate.withObjectProperty("payment_method_details")
                .withObjectProperty(TYPE)
                .put("reference", ObjectIds.random(16))
                .put("url", "");
        method.put("_mandate", JsonNodes.id(store.save(mandate)));
        store.save(method);
        return JsonNodes.id(mandate);
    }

    private static void account(TestIban iban, ObjectNode details) {
        details.put("bank_code", iban.bankCode()).put("branch_code", "").put("country", iban.country());
        details.put(
                "fingerprint",
                UUID.nameUUIDFromBytes(iban.number().getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .replace("-", "")
                        .substring(0, 16));
        details.put("last4", iban.last4());
    }
}
