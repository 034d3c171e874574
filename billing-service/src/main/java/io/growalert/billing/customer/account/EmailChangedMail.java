package io.growalert.billing.customer.account;

import io.growalert.billing.mail.MailKind;
import io.growalert.billing.mail.MailPreparation;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The notice to the previous address after a change. */
@Component
final class EmailChangedMail implements MailPreparation {
    private final EmailChangeTable changes;

    EmailChangedMail(EmailChangeTable changes) {
        this.changes = changes;
    }

    @Override
    public Set<MailKind> kinds() {
        return Set.of(MailKind.EMAIL_CHANGED);
    }

    @Override
    public PreparedMail prepare(String customer, String subject, @Nullable String address) {
        return changes.previous(customer, subject)
                .<PreparedMail>map(previous -> new Prepared(previous, null, Map.of()))
                .orElseGet(() -> new Obsolete("the change was deleted"));
    }
}
