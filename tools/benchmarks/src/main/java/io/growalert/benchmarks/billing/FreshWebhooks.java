package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.load.SignedWebhook;
import io.growalert.benchmarks.load.StripeSigner;
import io.growalert.benchmarks.load.WebhookLoad;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Webhooks that are new each time a history is sent, because they are about other objects. For one thread. */
public final class FreshWebhooks {
    /** More than can be accepted. */
    public static final int MOST_PER_SECOND = 12_000;

    private final StripeSigner signature = new StripeSigner(BillingInstance.WEBHOOK_SECRET);
    private final List<WebhookTemplate> templates;
    private int round;

    public FreshWebhooks(EventHistory history) {
        templates = history.events().stream().map(WebhookTemplate::of).toList();
    }

    List<WebhookTemplate> templates() {
        return templates;
    }

    /** So many, signed now. */
    public List<SignedWebhook> signed(int count) {
        var webhooks = new ArrayList<SignedWebhook>(count);
        for (int i = 0; i < count; i++) {
            if (i % templates.size() == 0) {
                round++;
            }
            webhooks.add(templates.get(i % templates.size()).webhook("x" + round, signature));
        }
        return webhooks;
    }

    /** Sends these, each once, for at most so many seconds. */
    public static WebhookLoad.Outcome send(List<SignedWebhook> webhooks, int port, int connections, int seconds)
            throws IOException {
        var each = webhooks.iterator();
        return WebhookLoad.full(List.of(port), connections, false)
                .run(
                        () -> each.hasNext() ? each.next() : null,
                        Duration.ofSeconds(seconds),
                        new AtomicBoolean(),
                        id -> {});
    }
}
