package io.growalert.billing.mail;

import java.time.Duration;
import java.util.Locale;

/**
 * What a mail is about. Each kind has a text and an HTML template. The values of a mail are ids, numbers and times as text:
 * {@code amount} is in the smallest unit of {@code currency}, times are ISO-8601 instants.
 */
public enum MailKind {
    /** A link that signs in; made when the mail is sent. */
    SIGN_IN,
    /** Of an invoice: {@code amount}, {@code currency}, {@code number}, {@code invoiceUrl}; of an order {@code order}, {@code quantity}. */
    RECEIPT,
    /** A renewal was declined: {@code invoice}, {@code amount}, {@code currency}, {@code number}, {@code invoiceUrl}. */
    PAYMENT_FAILED,
    /** The bank asks the customer to confirm a renewal; values as of {@link #PAYMENT_FAILED}. */
    ACTION_NEEDED,
    /** {@code subscription}, {@code trialEnd}. */
    TRIAL_ENDING,
    /** {@code subscription}, {@code endsAt}; {@code scheduled} is {@code true} while it still runs. */
    CANCELED,
    /** {@code order}, {@code quantity}; {@code tracking} where there is one. */
    SHIPPED,
    /** {@code amount}, {@code currency}. */
    REFUNDED,
    /** A paid order cannot be shipped: {@code order}. */
    ADDRESS_MISSING,
    /** To the new address: a link that confirms it, made when the mail is sent. */
    EMAIL_CHANGE,
    /** To the old address, after the change. */
    EMAIL_CHANGED,
    /** The customer's monitors will be paused: {@code pausesAt}. */
    MONITORS_PAUSE;

    private static final Duration FACT = Duration.ofDays(2);
    /** A link that comes much later than it was requested is no longer expected. */
    private static final Duration LINK = Duration.ofMinutes(15);

    private static final Duration UNTIL_RELATED_EVENTS = Duration.ofSeconds(10);

    /** Whether the mail has a link with a token, for a customer who waits for it. */
    boolean hasToken() {
        return switch (this) {
            case SIGN_IN, EMAIL_CHANGE -> true;
            case RECEIPT,
                    PAYMENT_FAILED,
                    ACTION_NEEDED,
                    TRIAL_ENDING,
                    CANCELED,
                    SHIPPED,
                    REFUNDED,
                    ADDRESS_MISSING,
                    EMAIL_CHANGED,
                    MONITORS_PAUSE -> false;
        };
    }

    /** How long a mail is attempted; then it is parked. */
    Duration limit() {
        return hasToken() ? LINK : FACT;
    }

    /** From the fact to the first attempt: Stripe reports a payment that the bank must confirm as a failed one too. */
    Duration delay() {
        return this == PAYMENT_FAILED ? UNTIL_RELATED_EVENTS : Duration.ZERO;
    }

    /** As in the database and in metrics: {@code payment_failed}. The names of templates have hyphens. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
