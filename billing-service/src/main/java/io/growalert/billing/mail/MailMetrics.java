package io.growalert.billing.mail;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.stereotype.Component;

/** The metrics of mails, {@code growalert.billing.mails}. */
@Component
public final class MailMetrics {
    private static final List<String> OUTCOMES =
            List.of("sent", "retried", "failed", "unknown", "superseded", "discarded");

    private final MeterRegistry meters;
    private volatile MailTable.Backlog backlog = MailTable.Backlog.NONE;

    MailMetrics(MeterRegistry meters) {
        this.meters = meters;
        for (var kind : MailKind.values()) {
            OUTCOMES.forEach(outcome -> count(kind, outcome, 0));
        }
        Gauge.builder("growalert.billing.mails.queued", this, metrics -> metrics.backlog.queued())
                .description("mails that are not sent yet")
                .register(meters);
        Gauge.builder("growalert.billing.mails.parked", this, metrics -> metrics.backlog.parked())
                .description(
                        "mails that were parked in the last 7 days, without those whose link is no longer expected")
                .register(meters);
        Gauge.builder("growalert.billing.mails.failing", this, metrics -> metrics.backlog.failingSeconds())
                .description("the age of the oldest mail of which an attempt failed")
                .baseUnit("seconds")
                .register(meters);
    }

    /** A requested mail has no recipient; nothing was enqueued. */
    public void unknown(MailKind kind) {
        count(kind, "unknown", 1);
    }

    /** There was no mail server for as long as the mail waited. */
    void discarded(MailKind kind) {
        count(kind, "discarded", 1);
    }

    void count(MailKind kind, MailOutcome outcome) {
        count(kind, outcome.text(), 1);
    }

    private void count(MailKind kind, String outcome, int times) {
        meters.counter("growalert.billing.mails", "kind", kind.text(), "outcome", outcome)
                .increment(times);
    }

    void backlog(MailTable.Backlog backlog) {
        this.backlog = backlog;
    }
}
