package io.growalert.billing.webhook;

import io.growalert.billing.stripe.WebhookSignature.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether the webhook secret is the one by which Stripe signs: {@code DEGRADED} while webhooks arrive and none has a valid
 * signature. Any client can send a forged one, so one valid signature outweighs all forged ones: while Stripe's webhooks
 * arrive, other senders change nothing. Without webhooks of Stripe they can cause {@code DEGRADED}, until its next one.
 */
public final class WebhookSecretHealth implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSecretHealth.class);

    static final int FORGED = 5;
    static final Duration WITHOUT_GOOD = Duration.ofMinutes(10);

    private static final Status DEGRADED = new Status("DEGRADED");
    private static final String REASON =
            "No webhook verifies: growalert.billing.webhook.secrets (GROWALERT_BILLING_WEBHOOK_SECRETS; STRIPE_WEBHOOK_SECRET in growalert up and compose) does not"
                    + " hold the signing secret of this endpoint at Stripe";

    private final InstantSource clock;
    private Instant lastGood = Instant.MIN;
    private int forged;
    private boolean failing;
    private long rejected;

    /**
     * The signatures that this instance checked since its start.
     *
     * @param failing whether webhooks arrive and none verifies
     * @param rejected well-formed ones that no secret matches
     * @param lastValid null: none
     */
    public record Signatures(
            boolean failing, long rejected, @Nullable Instant lastValid) {}

    WebhookSecretHealth(InstantSource clock) {
        this.clock = clock;
    }

    /** Only a well-formed signature counts against the secret. */
    void checked(Verdict verdict) {
        switch (verdict) {
            case GOOD, TOO_OLD, TOO_NEW -> verified();
            case FORGED -> forged();
            case MALFORMED -> {}
        }
    }

    private synchronized void verified() {
        lastGood = clock.instant();
        forged = 0;
        if (failing) {
            failing = false;
            LOG.atInfo().log("Webhook signatures are valid again");
        }
    }

    public synchronized Signatures seen() {
        return new Signatures(failing, rejected, lastGood.equals(Instant.MIN) ? null : lastGood);
    }

    private synchronized void forged() {
        rejected++;
        forged = Math.min(forged + 1, FORGED);
        if (!failing && forged == FORGED && isLongAgo(lastGood)) {
            failing = true;
            LOG.atError()
                    .addKeyValue("setting", "growalert.billing.webhook.secrets")
                    .addKeyValue("environmentVariable", "GROWALERT_BILLING_WEBHOOK_SECRETS")
                    .log("All webhook signatures invalid; rejecting webhooks until the secret is the endpoint's");
        }
    }

    private boolean isLongAgo(Instant good) {
        return good.equals(Instant.MIN)
                || Duration.between(good, clock.instant()).compareTo(WITHOUT_GOOD) >= 0;
    }

    @Override
    public synchronized Health health() {
        return failing
                ? Health.status(DEGRADED).withDetail("reason", REASON).build()
                : Health.up().build();
    }
}
