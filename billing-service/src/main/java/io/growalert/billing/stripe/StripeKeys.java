package io.growalert.billing.stripe;

import java.util.regex.Pattern;

/** The formats of Stripe's keys. */
public final class StripeKeys {
    /** The variable that sets {@link StripeSettings#secretKey()}. */
    public static final String SECRET_KEY_VARIABLE = "GROWALERT_BILLING_STRIPE_SECRETKEY";

    /** The variable that sets {@link StripeSettings#publishableKey()}. */
    public static final String PUBLISHABLE_KEY_VARIABLE = "GROWALERT_BILLING_STRIPE_PUBLISHABLEKEY";

    /** The variable that sets {@link StripeSettings#apiBase()}. */
    public static final String API_BASE_VARIABLE = "GROWALERT_BILLING_STRIPE_APIBASE";

    private static final Pattern SECRET = Pattern.compile("(sk|rk)_\\w+");
    private static final Pattern PUBLISHABLE = Pattern.compile("pk_\\w+");

    private StripeKeys() {}

    public static boolean isSecret(String key) {
        return SECRET.matcher(key).matches();
    }

    /** A publishable key is sent to browsers; a secret key in its place would be published. */
    public static boolean isPublishable(String key) {
        return PUBLISHABLE.matcher(key).matches();
    }

    public static boolean isLive(String key) {
        return key.contains("_live_");
    }
}
