package io.growalert.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;

/** An event on its way to the endpoint, as the bytes of its signed request. */
public final class SignedWebhook {
    private final String eventId;
    private final byte[] request;

    private SignedWebhook(String eventId, byte[] request) {
        this.eventId = eventId;
        this.request = request;
    }

    public static SignedWebhook signed(String eventId, byte[] body, StripeSigner signature) {
        var head = "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
                + "User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nContent-Length: " + body.length
                + "\r\nStripe-Signature: " + signature.of(body, Instant.now()) + "\r\n\r\n";
        var request = new ByteArrayOutputStream(head.length() + body.length);
        request.writeBytes(head.getBytes(UTF_8));
        request.writeBytes(body);
        return new SignedWebhook(eventId, request.toByteArray());
    }

    String eventId() {
        return eventId;
    }

    /** To be read only. */
    ByteBuffer request() {
        return ByteBuffer.wrap(request).asReadOnlyBuffer();
    }
}
