package io.growalert.billing.mail;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fact that a customer is notified of by mail.
 *
 * @param subject identifies the fact among those of its kind, such as the id of the invoice
 * @param customer null when there is none: nothing is sent
 * @param values for the template, see {@link MailKind}; neither addresses nor tokens
 */
public record MailFact(
        MailKind kind, String subject, @Nullable String customer, Map<String, String> values) {
    public MailFact {
        values = Map.copyOf(values);
    }
}
