package io.growalert.billing.doctor;

import io.growalert.billing.doctor.Diagnosis.Area;
import io.growalert.billing.webhook.MissedEvents;
import io.growalert.billing.webhook.StoredEvents;
import io.growalert.billing.webhook.WebhookSecretHealth;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** The webhooks of all instances, and the signatures that this one checked. */
final class ServiceArrivals implements Arrivals {
    private final MissedEvents missed;
    private final StoredEvents stored;
    private final WebhookSecretHealth signatures;

    ServiceArrivals(MissedEvents missed, StoredEvents stored, WebhookSecretHealth signatures) {
        this.missed = missed;
        this.stored = stored;
        this.signatures = signatures;
    }

    @Override
    public Set<String> missing(Collection<String> events) {
        return missed.missing(events);
    }

    @Override
    public Optional<Instant> last() {
        return stored.lastDone();
    }

    @Override
    public Diagnosis signatures() {
        var seen = signatures.seen();
        if (seen.failing()) {
            return Diagnosis.problem(
                    Area.SIGNATURES,
                    "no webhook has a valid signature; %d were rejected since the start".formatted(seen.rejected()),
                    "set growalert.billing.webhook.secrets (STRIPE_WEBHOOK_SECRET in growalert up and compose) to the"
                            + " signing secret of the webhook endpoint");
        }
        var last = seen.lastValid() == null
                ? "none valid since the start of this instance"
                : "the last valid one at " + seen.lastValid().truncatedTo(ChronoUnit.SECONDS);
        var text = "%s, %d rejected".formatted(last, seen.rejected());
        return seen.lastValid() == null || seen.rejected() > 0
                ? Diagnosis.note(Area.SIGNATURES, text)
                : Diagnosis.ok(Area.SIGNATURES, text);
    }
}
