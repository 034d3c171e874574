package io.growalert.billing.customer.account;

import io.growalert.billing.mail.MailKind;
import io.growalert.billing.mail.MailPreparation;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The mail to the new address, whose link confirms the change. */
@Component
final class EmailChangeMail implements MailPreparation {
    private static final String PAGE = "/email-confirm.html#token=";

    private final EmailChangeTable changes;

    EmailChangeMail(EmailChangeTable changes) {
        this.changes = changes;
    }

    @Override
    public Set<MailKind> kinds() {
        return Set.of(MailKind.EMAIL_CHANGE);
    }

    @Override
    public PreparedMail prepare(String customer, String subject, @Nullable String address) {
        return changes.waiting(customer, subject)
                .<PreparedMail>map(waiting -> new Prepared(waiting, PAGE + changes.createLink(subject), Map.of()))
                .orElseGet(() -> new Obsolete("the change was confirmed, replaced or deleted"));
    }
}
