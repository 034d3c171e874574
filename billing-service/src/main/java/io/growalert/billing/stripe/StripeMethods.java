package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.SetupIntentCreateParams;
import com.stripe.param.SetupIntentRetrieveParams;
import com.stripe.param.billingportal.SessionCreateParams;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.definitions.Secret;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Saved payment methods of customers, and Stripe's Customer Portal. */
public final class StripeMethods {
    private static final String METHOD = "payment_method";

    private final StripeClient stripe;

    StripeMethods(StripeClient stripe) {
        this.stripe = stripe;
    }

    /** The client secret of a new setup of a payment method, which the browser confirms. */
    public Secret beginSetup(String customer, StripeRequest request) {
        var parameters = SetupIntentCreateParams.builder()
                .setCustomer(customer)
                .addAllPaymentMethodType(AcceptedPaymentMethods.TYPES)
                // later periods are charged without the customer
                .setUsage(SetupIntentCreateParams.Usage.OFF_SESSION)
                .putMetadata(StripeRequest.METADATA, request.id())
                .build();
        var intent = orFail(() -> stripe.v1().setupIntents().create(parameters, request.options("setup")));
        return new Secret(Objects.requireNonNull(intent.getClientSecret(), "a client secret"));
    }

    /**
     * A setup of a payment method.
     *
     * @param customer null: of no customer
     * @param method the id of the payment method; null before it succeeded
     * @param saved as the customer is shown it
     */
    public record MethodSetup(
            @Nullable String customer,
            String status,
            @Nullable String method,
            @Nullable SavedMethod saved) {
        public boolean isDone() {
            return status.equals("succeeded") && method != null;
        }
    }

    /** Empty when there is none with this id. */
    public Optional<MethodSetup> find(String setup) {
        var parameters = SetupIntentRetrieveParams.builder().addExpand(METHOD).build();
        try {
            var intent = StripeJson.fields(
                    orFail(() -> stripe.v1().setupIntents().retrieve(setup, parameters)), "setup_intent");
            return Optional.of(new MethodSetup(
                    intent.optionalId("customer"),
                    intent.text("status"),
                    intent.optionalId(METHOD),
                    intent.isExpanded(METHOD) ? SavedMethod.of(intent.object(METHOD)) : null));
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid invalid && "resource_missing".equals(invalid.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Makes a payment method the one that pays the customer's invoices. */
    public void payBy(String customer, String method) {
        var parameters = CustomerUpdateParams.builder()
                .setInvoiceSettings(CustomerUpdateParams.InvoiceSettings.builder()
                        .setDefaultPaymentMethod(method)
                        .build())
                .build();
        orFail(() -> stripe.v1().customers().update(customer, parameters));
    }

    /**
     * The address of a new session of Stripe's Customer Portal, for the customer alone.
     *
     * @param back where the portal leads back to; null: what is configured at Stripe
     */
    public String portal(String customer, @Nullable String back) {
        var parameters = SessionCreateParams.builder().setCustomer(customer);
        if (back != null) {
            parameters.setReturnUrl(back);
        }
        return orFail(() -> stripe.v1().billingPortal().sessions().create(parameters.build()))
                .getUrl();
    }
}
