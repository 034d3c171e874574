package io.growalert.billing.mail;

import java.util.Map;

/**
 * A fact that a customer is notified of by mail.
 *
 * @param subject identifies the fact among those of its kind, such as the id of the invoice
 * @param values for the template, see {@link MailKind}; neither addresses nor tokens
 */
public record MailFact(MailKind kind, String subject, String customer, Map<String, String> values) {
    public MailFact {
        values = Map.copyOf(values);
    }
}
