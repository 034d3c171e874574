package io.growalert.billing.mail;

import java.util.Locale;

/** The outcome of an attempt to send a mail, a tag of {@code growalert.billing.mails}. */
sealed interface MailOutcome {

    record Sent() implements MailOutcome {}

    /** The attempt failed and is retried. */
    record Retried(String reason) implements MailOutcome {}

    /** No attempt can succeed: the mail is parked. */
    record Failed(String reason) implements MailOutcome {}

    /** The customer is not known any more, or has no address. */
    record Unknown() implements MailOutcome {}

    /** A later fact made it obsolete. */
    record Superseded(String reason) implements MailOutcome {}

    default String text() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
