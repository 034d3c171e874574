package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.model.Customer;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import io.growalert.billing.stripe.StripeFailure.Reason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Customers at Stripe. */
public final class StripeCustomers {
    /** The fields that clients rely on, with the defaults of those that Stripe omits. */
    private static final JsonNode PROMISED = StripeFields.parse("""
            {
                "address": {"city": "", "country": "", "line1": "", "line2": "", "postal_code": "", "state": ""},
                "balance": 0,
                "cash_balance": null,
                "created": 0,
                "currency": "",
                "default_currency": "",
                "default_source": null,
                "deleted": false,
                "delinquent": false,
                "description": "",
                "discount": null,
                "email": "",
                "id": "",
                "invoice_credit_balance": null,
                "invoice_prefix": "",
                "invoice_settings": {
                    "custom_fields": null,
                    "default_payment_method": null,
                    "footer": "",
                    "rendering_options": null
                },
                "livemode": false,
                "metadata": {},
                "name": "",
                "next_invoice_sequence": 1,
                "object": "customer",
                "phone": "",
                "preferred_locales": [],
                "shipping": null,
                "sources": null,
                "subscriptions": null,
                "tax": null,
                "tax_exempt": "none",
                "tax_ids": null,
                "test_clock": null
            }
            """);

    private final StripeClient stripe;

    StripeCustomers(StripeClient stripe) {
        this.stripe = stripe;
    }

    /**
     * @param email personal data, like {@code json}; null: Stripe has none
     * @param json Stripe's JSON, with every field that is promised to clients
     */
    public record Account(String id, @Nullable String email, String json) {
        @Override
        public String toString() {
            return "Account[id=%s]".formatted(id);
        }
    }

    /**
     * Empty when the customer does not exist or was deleted.
     *
     * @throws StripeFailure when Stripe does not answer
     */
    public Optional<Account> find(String id) {
        try {
            var customer = orFail(() -> stripe.v1().customers().retrieve(id));
            return Boolean.TRUE.equals(customer.getDeleted()) ? Optional.empty() : Optional.of(account(customer));
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && "resource_missing".equals(invalid.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * @param request whose {@link StripeRequest#id()} becomes metadata of the customer
     * @throws StripeFailure when the customer is not known to exist
     */
    public Account create(String email, StripeRequest request) {
        var parameters = CustomerCreateParams.builder()
                .setEmail(email)
                .putMetadata(StripeRequest.METADATA, request.id())
                .build();
        return account(orFail(() -> stripe.v1().customers().create(parameters, options(request))));
    }

    private static RequestOptions options(StripeRequest request) {
        return request.options("customer");
    }

    private static Account account(Customer customer) {
        return new Account(
                customer.getId(),
                customer.getEmail(),
                StripeJson.withDefaults(PROMISED, StripeJson.of(customer)).toString());
    }
}
