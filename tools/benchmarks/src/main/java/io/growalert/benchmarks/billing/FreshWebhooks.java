package io.growalert.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Webhooks none of which was there before, about other objects each time a history is told. For one thread. */
final class FreshWebhooks {
    /** More than can be taken. */
    static final int MOST_PER_SECOND = 12_000;

    private final Signature signature = new Signature(Billing.WEBHOOK_SECRET);
    private final List<Template> templates;
    private int round;

    FreshWebhooks(History history) {
        templates = history.events().stream().map(Template::of).toList();
    }

    List<Template> templates() {
        return templates;
    }

    /** So many, signed now. */
    List<Webhook> signed(int count) {
        var webhooks = new ArrayList<Webhook>(count);
        for (int i = 0; i < count; i++) {
            if (i % templates.size() == 0) {
                round++;
            }
            webhooks.add(templates.get(i % templates.size()).webhook("x" + round, signature));
        }
        return webhooks;
    }

    /** Sends these, each once, for at most so many seconds. */
    static WebhookLoad.Outcome send(List<Webhook> webhooks, int port, int connections, int seconds) throws IOException {
        var each = webhooks.iterator();
        return WebhookLoad.full(List.of(port), connections, false)
                .run(
                        () -> each.hasNext() ? each.next() : null,
                        Duration.ofSeconds(seconds),
                        new AtomicBoolean(),
                        id -> {});
    }
}
