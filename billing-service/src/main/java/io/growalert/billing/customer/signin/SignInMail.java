package io.growalert.billing.customer.signin;

import io.growalert.billing.customer.registration.Registrations.Registration;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.mail.MailKind;
import io.growalert.billing.mail.MailMetrics;
import io.growalert.billing.mail.MailPreparation;
import io.growalert.billing.mail.Mails;
import io.growalert.billing.problem.BillingProblem;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sign-in links by mail. A mail is queued after the request was answered, in a virtual thread: at most {@link #PENDING} wait for
 * that, and as many to be sent. The link is created when the mail is sent. A stop waits up to 10 s for mails to be queued.
 */
@Component
public final class SignInMail implements MailPreparation, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignInMail.class);
    private static final int PENDING = 200;
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final SignInLinks links;
    private final CustomerSettings.Mail settings;
    private final Mails mails;
    private final MailMetrics metrics;
    private final Semaphore pending = new Semaphore(PENDING);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("sign-in-mail-", 0).factory());

    SignInMail(SignInLinks links, CustomerSettings settings, Mails mails, MailMetrics metrics) {
        this.links = links;
        this.settings = settings.mail();
        this.mails = mails;
        this.metrics = metrics;
    }

    public boolean isConfigured() {
        return settings.configured();
    }

    public void requireConfigured() {
        if (!isConfigured()) {
            throw BillingProblem.MAIL_NOT_CONFIGURED.because("sign-in by mail is not configured");
        }
    }

    /**
     * Returns before the mail is queued, so that the answer does not depend on the recipient.
     *
     * @param recipient called in a thread of its own; empty: no mail is sent
     */
    public void send(Supplier<Optional<Registration>> recipient) {
        requireConfigured();
        if (mails.waiting(MailKind.SIGN_IN, PENDING) >= PENDING || !pending.tryAcquire()) {
            throw BillingProblem.MAIL_UNAVAILABLE.retryAfter(
                    Duration.ofSeconds(30), "too many mails are waiting; retry later");
        }
        threads.execute(() -> {
            try {
                queue(recipient);
            } finally {
                pending.release();
            }
        });
    }

    private void queue(Supplier<Optional<Registration>> recipient) {
        try {
            recipient
                    .get()
                    .ifPresentOrElse(
                            found -> mails.enqueue(
                                    MailKind.SIGN_IN,
                                    found.customer(),
                                    UUID.randomUUID().toString(),
                                    Map.of()),
                            () -> metrics.unknown(MailKind.SIGN_IN));
        } catch (RuntimeException e) {
            // the exception's message may quote the address
            LOG.atWarn()
                    .addKeyValue("reason", e.getClass().getSimpleName())
                    .log("Queuing a sign-in mail failed; the customer can request another");
        }
    }

    @Override
    public Set<MailKind> kinds() {
        return Set.of(MailKind.SIGN_IN);
    }

    @Override
    public PreparedMail prepare(String customer, String subject, @Nullable String address) {
        return address == null
                ? new NoRecipient()
                : new Prepared(
                        address,
                        "/sign-in.html#token=" + links.create(customer),
                        Map.of("minutes", Long.toString(SignInLinks.EXPIRY.toMinutes())));
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException _) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
