package io.growalert.billing.setup;

import io.growalert.billing.projection.EventTypes;
import io.growalert.billing.setup.SetupStep.Kind;
import io.growalert.billing.stripe.StripeWebhooks;
import io.growalert.billing.stripe.StripeWebhooks.Endpoint;
import io.growalert.runtime.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Creates the webhook endpoint, or adds what it lacks. No endpoint loses a type of events, and of two with one address the older
 * stays.
 */
final class EndpointSetup {
    private final StripeWebhooks webhooks;
    private final SetupRequest request;
    private final boolean dryRun;
    private final Consumer<SetupStep> report;

    EndpointSetup(StripeWebhooks webhooks, SetupRequest request, boolean dryRun, Consumer<SetupStep> report) {
        this.webhooks = webhooks;
        this.request = request;
        this.dryRun = dryRun;
        this.report = report;
    }

    private void step(Kind kind, String text) {
        report.accept(new SetupStep(kind, text, null));
    }

    /** Of the endpoint that is there when the setup ends. */
    private void usable(Kind kind, String text, String url) {
        report.accept(new SetupStep(kind, text, url));
    }

    void run() {
        var url = request.webhook();
        if (url == null) {
            step(
                    Kind.PROBLEM,
                    "webhook endpoint: not created, its address is not known; give"
                            + " --webhook-url https://YOUR-GATEWAY/webhook");
            return;
        }
        var types = StripeWebhooks.eventTypes(EventTypes::areApplied);
        var existing = existing(url);
        if (existing.isPresent()) {
            update(existing.get(), types);
        } else if (Files.exists(request.secretFile())) {
            step(
                    Kind.PROBLEM,
                    "webhook endpoint: not created, since %s exists; name another file for its secret with --secret-file"
                            .formatted(request.secretFile()));
        } else if (dryRun) {
            usable(
                    Kind.WOULD_CREATE,
                    "webhook endpoint %s for %d types of events".formatted(url, types.size()),
                    url.toString());
        } else {
            create(url, types);
        }
    }

    /** The oldest of this address: of several each run finds the same. */
    private Optional<Endpoint> existing(URI url) {
        return webhooks.list().stream()
                .filter(endpoint -> endpoint.url().equals(url.toString()))
                .reduce((_, older) -> older);
    }

    private void update(Endpoint endpoint, List<String> types) {
        var missing = types.stream().filter(type -> !endpoint.receives(type)).toList();
        var beside = endpoint.typesBeside(types);
        if (!endpoint.isOfOurVersion()) {
            step(
                    Kind.PROBLEM,
                    "webhook endpoint %s (%s) is of API version %s, not %s; delete it in Stripe's dashboard and run this again"
                            .formatted(
                                    endpoint.url(), endpoint.id(), endpoint.apiVersion(), StripeWebhooks.apiVersion()));
            return;
        }
        if (endpoint.enabled() && missing.isEmpty()) {
            usable(Kind.FOUND, "webhook endpoint %s (%s)".formatted(endpoint.url(), endpoint.id()), endpoint.url());
        } else {
            if (!dryRun) {
                webhooks.update(
                        endpoint.id(),
                        Stream.concat(endpoint.types().stream(), missing.stream())
                                .toList());
            }
            usable(
                    dryRun ? Kind.WOULD_CHANGE : Kind.CHANGED,
                    "webhook endpoint %s (%s): %s"
                            .formatted(
                                    endpoint.url(),
                                    endpoint.id(),
                                    missing.isEmpty()
                                            ? "enabled"
                                            : "enabled, for %d more types of events".formatted(missing.size())),
                    endpoint.url());
        }
        if (!beside.isEmpty()) {
            step(
                    Kind.NOTE,
                    "webhook endpoint %s (%s) also receives types of events that billing does not apply: %s; remove them in"
                                    .formatted(endpoint.url(), endpoint.id(), String.join(", ", beside))
                            + " Stripe's dashboard, unless other software needs them");
        }
    }

    private void deleteSecret() {
        try {
            Files.delete(request.secretFile());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s has the secret of an endpoint that was deleted; delete it: %s"
                            .formatted(request.secretFile(), e),
                    e);
        }
    }

    /**
     * Stripe shows the secret only once: an endpoint whose secret cannot be stored is deleted again. So is one beside an older one
     * of another operator at the same time: each event would come twice, once with a signature that the service does not know.
     */
    private void create(URI url, List<String> types) {
        var created = webhooks.create(url, types);
        try {
            PrivateFile.write(request.secretFile(), created.secret().value() + "\n");
        } catch (IOException e) {
            webhooks.delete(created.endpoint().id());
            throw new UncheckedIOException(
                    "the secret of the webhook endpoint cannot be stored in %s, so the endpoint was deleted again: %s"
                            .formatted(request.secretFile(), e),
                    e);
        }
        var oldest = existing(url).orElse(created.endpoint());
        if (!oldest.id().equals(created.endpoint().id())) {
            webhooks.delete(created.endpoint().id());
            deleteSecret();
            update(oldest, types);
            return;
        }
        usable(
                Kind.CREATED,
                "webhook endpoint %s (%s) for %d types of events; its secret is in %s"
                        .formatted(url, created.endpoint().id(), types.size(), request.secretFile()),
                url.toString());
    }
}
