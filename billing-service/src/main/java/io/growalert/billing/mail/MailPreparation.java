package io.growalert.billing.mail;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the mails of some kinds when they are sent: kinds with a link, whose token must not be stored, or with another
 * recipient than the customer's current address. A bean of the feature that enqueues them.
 */
public interface MailPreparation {
    Set<MailKind> kinds();

    /**
     * Called for each attempt, outside a transaction.
     *
     * @param customer as it was enqueued
     * @param subject as it was enqueued
     * @param address the customer's current address; null when there is none
     * @return empty: there is nothing to send any more
     */
    Optional<Prepared> prepare(String customer, String subject, @Nullable String address);

    /**
     * @param address of the recipient
     * @param path of the link within the site, such as {@code /sign-in.html#token=...}; null: the account page
     * @param values for the template beside those of the row
     */
    record Prepared(String address, @Nullable String path, Map<String, String> values) {
        public Prepared {
            values = Map.copyOf(values);
        }

        /** Without personal data and tokens. */
        @Override
        public String toString() {
            return "Prepared";
        }
    }
}
