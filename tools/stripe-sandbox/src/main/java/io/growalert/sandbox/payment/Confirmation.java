package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectIds;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a payment is confirmed.
 *
 * @param offSession the card's holder is absent; a card that was set up for that requires no authentication
 * @param decline a card that requires authentication is declined, instead of waiting for the holder
 * @param inPage the page authenticates the holder, unless the bank requires its own page
 * @param returnUrl where a redirect leads back to
 */
public record Confirmation(
        boolean offSession,
        boolean decline,
        boolean inPage,
        @Nullable String returnUrl) {
    /** An invoice's payment: when it requires authentication, it waits. */
    public static final Confirmation OF_INVOICE = inPage(true);

    public static Confirmation inPage(boolean offSession) {
        return new Confirmation(offSession, false, true, null);
    }

    boolean mustAuthenticate(TestCard card, ObjectNode method) {
        return switch (card.authentication()) {
            case NEVER -> false;
            case UNTIL_SET_UP -> !(PaymentMethodResource.setUp(method) && offSession);
            case ALWAYS, ELSEWHERE -> true;
        };
    }

    ObjectNode nextAction(ObjectNode intent, TestCard card) {
        return nextAction(intent, card, redirect(card));
    }

    private @Nullable String redirect(TestCard card) {
        return inPage && card.authentication() != TestCard.Authentication.ELSEWHERE ? null : returnUrl;
    }

    /** @param returnUrl null when the page authenticates the holder */
    static ObjectNode nextAction(ObjectNode intent, TestCard card, @Nullable String returnUrl) {
        var action = JsonNodes.object();
        if (returnUrl == null) {
            action.put("type", "use_stripe_sdk");
            var sdk = action.putObject("use_stripe_sdk");
            sdk.put("type", "three_d_secure_redirect");
            sdk.put("source", ObjectIds.next("src"));
            return action;
        }
        var redirect = action.putObject("redirect_to_url");
        redirect.put("return_url", returnUrl);
        redirect.put(
                "url",
                card.authentication() == TestCard.Authentication.ELSEWHERE
                        ? BankPages.pageOf(intent)
                        : "https://hooks.stripe.com/3d_secure_2/hosted?source=" + ObjectIds.next("src"));
        action.put("type", "redirect_to_url");
        return action;
    }

    /** @throws ApiError when the card would be declined, or when its bank would require an authentication */
    public void checkPays(ObjectNode method) {
        var card = PaymentMethodResource.card(method);
        if (card.decline() != null) {
            throw card.decline().error();
        }
        if (mustAuthenticate(card, method)) {
            throw ApiError.card(
                    "subscription_payment_intent_requires_action",
                    null,
                    "Payment for this subscription requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`.");
        }
    }
}
