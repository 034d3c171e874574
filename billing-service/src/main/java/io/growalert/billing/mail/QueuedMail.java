package io.growalert.billing.mail;

import java.time.Instant;
import java.util.Map;

/**
 * A mail that this instance claimed.
 *
 * @param attempt the number of this attempt, from 1; only its claimant may record the outcome
 * @param resends how often an operator sent it again
 */
record QueuedMail(
        long id,
        MailKind kind,
        String subject,
        String customer,
        Map<String, String> values,
        int attempt,
        int resends,
        Instant queuedAt) {
    QueuedMail {
        values = Map.copyOf(values);
    }

    @Override
    public String toString() {
        return "QueuedMail[id=%d, kind=%s]".formatted(id, kind.text());
    }
}
