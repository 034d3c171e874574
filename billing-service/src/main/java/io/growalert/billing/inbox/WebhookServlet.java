package io.growalert.billing.inbox;

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
 * {@code POST /webhook}: verify, store, answer, and nothing else. A servlet of its own, since a thousand of these come in a
 * second while customers come one by one.
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
    /** Bodies are read before we know who sent them: strangers must not fill the memory. */
    private final Semaphore large = new Semaphore(LARGE_AT_ONCE);

    WebhookServlet(WebhookSignature signature, Inbox inbox, WebhookSecretHealth health, MeterRegistry meters) {
        this.signature = signature;
        this.inbox = inbox;
        this.health = health;
        this.meters = meters;
    }

    /** A request is not taken, and the reason in words. */
    private static final class Refusal extends Exception {
        private final WebhookProblem problem;

        Refusal(WebhookProblem problem, String detail) {
            super(detail, null, false, false);
            this.problem = problem;
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            take(request);
            response.setStatus(HttpServletResponse.SC_OK);
        } catch (Refusal refusal) {
            meters.counter("growalert.webhook.refused", "reason", refusal.problem.code())
                    .increment();
            LOG.atDebug()
                    .addKeyValue("status", refusal.problem.status().value())
                    .addKeyValue("reason", refusal.getMessage())
                    .log("A webhook is not taken");
            answer(response, refusal);
        }
    }

    private void take(HttpServletRequest request) throws IOException, Refusal {
        var header = request.getHeader(WebhookSignature.HEADER);
        if (header == null) {
            throw new Refusal(WebhookProblem.SIGNATURE_MISSING, "the header Stripe-Signature is missing");
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
            throw new Refusal(WebhookProblem.OVERLOADED, "too many large webhooks at once; send it again");
        }
        try {
            store(rest(in, body), header);
        } finally {
            large.release();
        }
    }

    private static byte[] rest(InputStream in, byte[] start) throws IOException, Refusal {
        var rest = in.readNBytes(MAX_BYTES + 1 - start.length);
        if (start.length + rest.length > MAX_BYTES) {
            throw tooLarge();
        }
        var body = Arrays.copyOf(start, start.length + rest.length);
        System.arraycopy(rest, 0, body, start.length, rest.length);
        return body;
    }

    private static Refusal tooLarge() {
        return new Refusal(WebhookProblem.TOO_LARGE, "a webhook may have %,d bytes at most".formatted(MAX_BYTES));
    }

    private void store(byte[] body, String header) throws Refusal {
        var verdict = signature.check(body, header);
        health.checked(verdict);
        switch (verdict) {
            case GOOD -> {}
            case MALFORMED ->
                throw new Refusal(WebhookProblem.SIGNATURE_MALFORMED, "Stripe-Signature must be t=...,v1=...");
            case FORGED ->
                throw new Refusal(WebhookProblem.SIGNATURE_WRONG, "no signature is by a secret of this endpoint");
            case TOO_OLD -> throw new Refusal(WebhookProblem.SIGNATURE_OLD, "the signature was made too long ago");
            case TOO_NEW -> throw new Refusal(WebhookProblem.SIGNATURE_EARLY, "the signature's time is yet to come");
        }
        try {
            inbox.store(StripeEvent.read(body));
        } catch (StripeEvent.Unreadable e) {
            LOG.atError().addKeyValue("reason", e.getMessage()).log("A webhook that Stripe signed cannot be used");
            throw new Refusal(WebhookProblem.UNREADABLE, String.valueOf(e.getMessage()));
        } catch (Inbox.NotStored e) {
            throw new Refusal(WebhookProblem.NOT_STORED, e.getMessage() + "; send it again");
        }
    }

    private static void answer(HttpServletResponse response, Refusal refusal) throws IOException {
        var status = refusal.problem.status();
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", "about:blank");
        problem.put("title", status.getReasonPhrase());
        problem.put("status", status.value());
        problem.put("detail", refusal.getMessage());
        problem.put(ProblemCode.CODE, refusal.problem.code());
        var body = Json.write(problem);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        if (refusal.problem == WebhookProblem.TOO_LARGE) {
            // what is still to come is not read
            response.setHeader("Connection", "close");
        }
        response.getOutputStream().write(body);
    }
}
