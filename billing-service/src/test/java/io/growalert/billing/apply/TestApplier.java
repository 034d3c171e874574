package io.growalert.billing.apply;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.outbox.BillingOutbox;
import io.growalert.billing.projection.RecordingResult;
import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.StripeFields;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The apply stage for tests of other packages; it applies events when it is called. */
public final class TestApplier {
    private final EventApplier applier;
    private final ObjectRecorder recorder;

    public TestApplier(TestDatabase database) {
        var settings = new ApplySettings(1, 200, Duration.ofSeconds(1), 10, Duration.ofDays(90));
        var outbox = new BillingOutbox(database.jdbc());
        applier = new EventApplier(
                database.jdbc(),
                database.transaction(),
                outbox,
                new Mails(database.jdbc()),
                InstantSource.system(),
                settings);
        recorder = new ObjectRecorder(database.jdbc(), database.transaction(), outbox);
    }

    public ObjectRecorder recorder() {
        return recorder;
    }

    RecordingResult observe(Kind kind, String json, Instant asOf) {
        return recorder.record(kind, StripeFields.parse(json), asOf, _ -> {});
    }

    /** Applies all events that are due now. */
    public void applyDue() {
        while (applier.apply(200).claimed() > 0) {
            // there may be more
        }
    }
}
