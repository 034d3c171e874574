package io.growalert.billing.webhook;

import io.growalert.billing.stripe.WebhookSignature;
import io.growalert.events.Json;
import io.growalert.runtime.http.ProblemCode;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;

/**
 * {@code POST /webhook}: verify, store, answer, and nothing else. A plain servlet, since a thousand of these arrive in a
 * second.
 */
final class WebhookServlet extends HttpServlet {
    static final String PATH = "/webhook";
    static final int MAX_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(WebhookServlet.class);
    /** Nearly every event is smaller. */
    private static final int USUAL_BYTES = 64 << 10;

    private static final int LARGE_AT_ONCE = 64;

    private final WebhookSignature signature;
    private final Inbox inbox;
    private final WebhookSecretHealth health;
    private final MeterRegistry meters;
    /** Bodies are read before their signature is verified, so their memory is limited. */
    private final Semaphore large = new Semaphore(LARGE_AT_ONCE);

    WebhookServlet(WebhookSignature signature, Inbox inbox, WebhookSecretHealth health, MeterRegistry meters) {
        this.signature = signature;
        this.inbox = inbox;
        this.health = health;
        this.meters = meters;
    }

    /** A rejected request; the message is the detail of its problem. */
    private static final class Rejected extends Exception {
        private final WebhookProblem problem;

        Rejected(WebhookProblem problem, String detail) {
            super(detail, null, false, false);
            this.problem = problem;
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            accept(request);
            response.setStatus(HttpServletResponse.SC_OK);
        } catch (Rejected rejected) {
            meters.counter("growalert.webhook.refused", "reason", rejected.problem.code())
                    .increment();
            LOG.atDebug()
                    .addKeyValue("status", rejected.problem.status().value())
                    .addKeyValue("reason", rejected.getMessage())
                    .log("Webhook rejected");
            answer(request, response, rejected);
        }
    }

    private void accept(HttpServletRequest request) throws IOException, Rejected {
        var header = request.getHeader(WebhookSignature.HEADER);
        if (header == null) {
            throw new Rejected(WebhookProblem.SIGNATURE_MISSING, "the header Stripe-Signature is missing");
        }
        if (request.getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
        var in = request.getInputStream();
        var body = in.readNBytes(USUAL_BYTES);
        if (body.length < USUAL_BYTES) {
            store(body, header);
            return;
        }
        if (!large.tryAcquire()) {
            throw new Rejected(WebhookProblem.OVERLOADED, "too many large webhooks at once; resend it");
        }
        try {
            store(rest(in, body), header);
        } finally {
            large.release();
        }
    }

    private static byte[] rest(InputStream in, byte[] start) throws IOException, Rejected {
        var rest = in.readNBytes(MAX_BYTES + 1 - start.length);
        if (start.length + rest.length > MAX_BYTES) {
            throw tooLarge();
        }
        var body = Arrays.copyOf(start, start.length + rest.length);
        System.arraycopy(rest, 0, body, start.length, rest.length);
        return body;
    }

    private static Rejected tooLarge() {
        return new Rejected(WebhookProblem.TOO_LARGE, "a webhook may have at most %,d bytes".formatted(MAX_BYTES));
    }

    private void store(byte[] body, String header) throws Rejected {
        var verdict = signature.check(body, header);
        health.checked(verdict);
        switch (verdict) {
            case GOOD -> {}
            case MALFORMED ->
                throw new Rejected(WebhookProblem.SIGNATURE_MALFORMED, "Stripe-Signature must be t=...,v1=...");
            case FORGED ->
                throw new Rejected(
                        WebhookProblem.SIGNATURE_WRONG, "no signature was made with a secret of this endpoint");
            case TOO_OLD -> throw new Rejected(WebhookProblem.SIGNATURE_OLD, "the signature is too old");
            case TOO_NEW -> throw new Rejected(WebhookProblem.SIGNATURE_EARLY, "the signature's time is in the future");
        }
        try {
            inbox.store(StripeEvent.read(body));
        } catch (StripeEvent.Unreadable e) {
            LOG.atError().addKeyValue("reason", e.getMessage()).log("Event of Stripe is unreadable; it is not stored");
            throw new Rejected(WebhookProblem.UNREADABLE, String.valueOf(e.getMessage()));
        } catch (Inbox.NotStored e) {
            throw new Rejected(WebhookProblem.NOT_STORED, e.getMessage() + "; resend it");
        }
    }

    private static void answer(HttpServletRequest request, HttpServletResponse response, Rejected rejected)
            throws IOException {
        var status = rejected.problem.status();
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", "about:blank");
        problem.put("title", status.getReasonPhrase());
        problem.put("status", status.value());
        problem.put("detail", rejected.getMessage());
        problem.put(ProblemCode.CODE, rejected.problem.code());
        var body = Json.write(problem);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        boolean isTooLarge = rejected.problem == WebhookProblem.TOO_LARGE;
        if (isTooLarge) {
            response.setHeader("Connection", "close");
        }
        response.getOutputStream().write(body);
        if (isTooLarge) {
            response.flushBuffer();
            discard(request);
        }
    }

    /**
     * A bounded part of the rest of a body: a client that still sends when the connection is closed gets a reset and does
     * not see the answer (RFC 9112, 9.6).
     */
    private static void discard(HttpServletRequest request) {
        try {
            request.getInputStream().skip(MAX_BYTES);
        } catch (IOException e) {
            LOG.debug("Client closed the connection of a rejected webhook", e);
        }
    }
}
