package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.model.Customer;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerRetrieveParams;
import com.stripe.param.CustomerUpdateParams;
import io.growalert.billing.stripe.StripeFailure.Reason;
import java.time.Duration;
import java.time.Instant;
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

    /**
     * @param email personal data, like {@code name} and {@code method}
     * @param method the payment method of invoices; null: none
     */
    public record Profile(
            String id,
            @Nullable String email,
            @Nullable String name,
            @Nullable SavedMethod method) {
        @Override
        public String toString() {
            return "Profile[id=%s]".formatted(id);
        }
    }

    /** Empty when the customer does not exist or was deleted. */
    public Optional<Profile> profile(String id) {
        var method = "default_payment_method";
        var parameters = CustomerRetrieveParams.builder()
                .addExpand("invoice_settings." + method)
                .build();
        try {
            var customer =
                    StripeJson.fields(orFail(() -> stripe.v1().customers().retrieve(id, parameters)), "customer");
            if (customer.flag("deleted")) {
                return Optional.empty();
            }
            var settings = customer.object("invoice_settings");
            return Optional.of(new Profile(
                    customer.text("id"),
                    customer.optionalText("email"),
                    customer.optionalText("name"),
                    settings.isExpanded(method) ? SavedMethod.of(settings.object(method)) : null));
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && "resource_missing".equals(invalid.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Changes the e-mail address. Without a key of the request: Stripe would repeat an answer that is not true any more.
     *
     * @return the customer, which includes all changes at Stripe before {@code asOf}
     */
    public Observed changeEmail(String id, String email) {
        var parameters = CustomerUpdateParams.builder().setEmail(email).build();
        long start = System.nanoTime();
        var customer = orFail(() -> stripe.v1().customers().update(id, parameters));
        return new Observed(
                StripeJson.of(customer),
                StripeObjects.asOf(customer.getLastResponse(), Duration.ofNanos(System.nanoTime() - start)));
    }

    /** A customer as it was read. */
    public record Observed(JsonNode object, Instant asOf) {
        @Override
        public String toString() {
            return "Observed[asOf=%s]".formatted(asOf);
        }
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
