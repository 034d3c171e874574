package io.growalert.benchmarks.billing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.benchmarks.load.SignedWebhook;
import io.growalert.benchmarks.load.StripeSigner;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An event from which others are made that are about other objects: each of Stripe's ids in it gets a suffix. A history sent
 * with two suffixes is two histories.
 */
final class WebhookTemplate {
    /** As in {@code "cus_UJk2X9a0fVc1Ze"}; a word of Stripe's has neither digits nor capitals. Prices belong to all. */
    private static final Pattern ID =
            Pattern.compile("(?<=\")(?!price_|prod_)[a-z]+_(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{8,}(?=[\"_])");

    private final String id;
    private final List<byte[]> parts = new ArrayList<>();

    private WebhookTemplate(String id, String body) {
        this.id = id;
        var ids = ID.matcher(body);
        int from = 0;
        while (ids.find()) {
            parts.add(body.substring(from, ids.end()).getBytes(UTF_8));
            from = ids.end();
        }
        parts.add(body.substring(from).getBytes(UTF_8));
    }

    static WebhookTemplate of(EventHistory.Event event) {
        return new WebhookTemplate(event.id(), event.json().toPrettyString());
    }

    int size() {
        return parts.stream().mapToInt(part -> part.length).sum();
    }

    String body(String suffix) {
        return new String(bytes(suffix), UTF_8);
    }

    SignedWebhook webhook(String suffix, StripeSigner signature) {
        return SignedWebhook.signed(id + suffix, bytes(suffix), signature);
    }

    private byte[] bytes(String suffix) {
        var body = new ByteArrayOutputStream(size() + parts.size() * suffix.length());
        var addition = suffix.getBytes(UTF_8);
        for (int i = 0; i < parts.size(); i++) {
            body.writeBytes(parts.get(i));
            if (i < parts.size() - 1) {
                body.writeBytes(addition);
            }
        }
        return body.toByteArray();
    }
}
