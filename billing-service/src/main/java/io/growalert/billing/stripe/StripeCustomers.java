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
    /** The keys that clients rely on, with the values of what Stripe gives none for. */
    private static final JsonNode PROMISED = Tree.of("""
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
     * @param email personal data, like {@code json}: null when there is none
     * @param json as Stripe sent it, with every key that is promised to clients
     */
    public record Account(String id, @Nullable String email, String json) {
        @Override
        public String toString() {
            return "Account[id=%s]".formatted(id);
        }
    }

    /**
     * Empty when there is no such customer, or none any more.
     *
     * @throws StripeFailure when Stripe cannot say
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
     * @param request who asks for it: {@link StripeRequest#id()} is in the customer's metadata
     * @throws StripeFailure when it is not known to be there
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
                Tree.with(PROMISED, Tree.of(customer)).toString());
    }
}
