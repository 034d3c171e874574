package io.growalert.standalone;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * Created at the first start and stored: a new key would end every customer's session, or reject the webhooks that the sandbox has not delivered yet.
 *
 * @param cookie signs the customers' cookies, 32 random bytes in base64
 * @param webhook signs the sandbox's webhooks
 */
record BillingKeys(String cookie, String webhook) {
    /** The keys stored in this file, which only its owner can read. */
    static BillingKeys in(Path file) {
        var keys = Secrets.in(file, List.of(BillingKeys::random, () -> "whsec_" + random()))
                .lines();
        return new BillingKeys(keys.get(0), keys.get(1));
    }

    private static String random() {
        return Secrets.random(Base64.getEncoder());
    }

    @Override
    public String toString() {
        return "BillingKeys[...]";
    }
}
