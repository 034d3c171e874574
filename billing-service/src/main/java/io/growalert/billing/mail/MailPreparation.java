package io.growalert.billing.mail;

import java.util.Map;
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
     */
    PreparedMail prepare(String customer, String subject, @Nullable String address);

    /** What an attempt sends, or why it sends nothing. */
    sealed interface PreparedMail permits Prepared, Obsolete, NoRecipient {}

    /** A later fact made the mail obsolete. */
    record Obsolete(String reason) implements PreparedMail {}

    record NoRecipient() implements PreparedMail {}

    /**
     * @param address of the recipient
     * @param path of the link within the site, such as {@code /sign-in.html#token=...}; null: the account page
     * @param values for the template beside those of the row
     */
    record Prepared(String address, @Nullable String path, Map<String, String> values) implements PreparedMail {
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
