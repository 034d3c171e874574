package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.model.Customer;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import org.jspecify.annotations.Nullable;

/** Customers at Stripe. */
public final class StripeCustomers {
    private final StripeClient stripe;

    StripeCustomers(StripeClient stripe) {
        this.stripe = stripe;
    }

    /**
     * @param email personal data, like {@code json}: null when there is none, or the customer was deleted
     * @param json as Stripe sent it
     */
    public record Account(String id, @Nullable String email, boolean deleted, String json) {
        @Override
        public String toString() {
            return "Account[id=%s, deleted=%s]".formatted(id, deleted);
        }
    }

    /** @throws StripeFailure when there is no such customer, or Stripe cannot say */
    public Account retrieve(String id) {
        return account(orFail(() -> stripe.v1().customers().retrieve(id)));
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
                customer.getId(), customer.getEmail(), Boolean.TRUE.equals(customer.getDeleted()), Tree.raw(customer));
    }
}
