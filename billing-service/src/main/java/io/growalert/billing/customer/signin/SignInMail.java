package io.growalert.billing.customer.signin;

import io.growalert.billing.customer.registration.Registrations.Registration;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.problem.BillingProblem;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.stereotype.Component;

/**
 * Sends sign-in links by mail. Mails are sent after the request was answered, each in its own virtual thread: at most
 * {@link #PENDING} wait, and {@link #CONNECTIONS} are sent at once. A failure is retried three times. A stop skips the pauses and
 * waits up to 10 s for the last attempts, which is why no retry library is used: their pauses end by an interrupt only, which
 * would also cut off a mail under way.
 */
@Component
public final class SignInMail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignInMail.class);
    private static final int PENDING = 200;
    private static final int CONNECTIONS = 4;
    private static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(20));
    private static final Duration DRAIN = Duration.ofSeconds(10);
    /** For connecting, and for each answer of the server. */
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

    private final SignInLinks links;
    private final CustomerSettings.Mail settings;
    private final MeterRegistry meters;
    private final InstantSource clock;
    private final JavaMailSenderImpl sender;
    private final @Nullable MailFolder folder;

    private final Semaphore pending = new Semaphore(PENDING);
    private final Semaphore connections = new Semaphore(CONNECTIONS);
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("sign-in-mail-", 0).factory());

    SignInMail(SignInLinks links, CustomerSettings settings, MeterRegistry meters, InstantSource clock) {
        this.links = links;
        this.settings = settings.mail();
        this.meters = meters;
        this.clock = clock;
        sender = sender(this.settings);
        folder = this.settings.folder() == null ? null : MailFolder.in(this.settings.folder());
        for (var outcome : MailOutcome.values()) {
            count(outcome, 0);
        }
    }

    private enum MailOutcome {
        SENT,
        RETRIED,
        FAILED,
        /** No customer has the address. */
        UNKNOWN
    }

    private static JavaMailSenderImpl sender(CustomerSettings.Mail settings) {
        var sender = new JavaMailSenderImpl();
        sender.setHost(settings.host());
        sender.setPort(settings.port());
        sender.setDefaultEncoding(StandardCharsets.UTF_8.name());
        var properties = new Properties();
        if (!settings.username().isEmpty()) {
            sender.setUsername(settings.username());
            sender.setPassword(settings.password().value());
            properties.put("mail.smtp.auth", "true");
        }
        var timeout = Long.toString(SOCKET_TIMEOUT.toMillis());
        properties.put("mail.smtp.connectiontimeout", timeout);
        properties.put("mail.smtp.timeout", timeout);
        properties.put("mail.smtp.writetimeout", timeout);
        switch (settings.security()) {
            case NONE -> {}
            case STARTTLS -> {
                properties.put("mail.smtp.starttls.enable", "true");
                properties.put("mail.smtp.starttls.required", "true");
                properties.put("mail.smtp.ssl.checkserveridentity", "true");
            }
            case SSL -> {
                properties.put("mail.smtp.ssl.enable", "true");
                properties.put("mail.smtp.ssl.checkserveridentity", "true");
            }
        }
        sender.setJavaMailProperties(properties);
        return sender;
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
     * Returns before the mail is sent.
     *
     * @param recipient called in the mail's own thread; empty: no mail is sent
     */
    public void send(Supplier<Optional<Registration>> recipient) {
        requireConfigured();
        if (!pending.tryAcquire()) {
            throw BillingProblem.MAIL_UNAVAILABLE.retryAfter(
                    Duration.ofSeconds(30), "too many mails are waiting; retry later");
        }
        threads.execute(() -> {
            try {
                deliver(new Delivery(recipient));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                count(MailOutcome.FAILED, 1);
                LOG.atWarn().log("Sign-in mail discarded: service stopped; the customer can request another");
            } finally {
                pending.release();
            }
        });
    }

    /** One mail, through all its attempts. */
    private final class Delivery {
        private final Supplier<Optional<Registration>> recipient;
        private @Nullable String customer;
        private @Nullable MimeMessage message;

        private Delivery(Supplier<Optional<Registration>> recipient) {
            this.recipient = recipient;
        }

        private MailOutcome attempt() throws MessagingException, IOException, InterruptedException {
            if (message == null) {
                var found = recipient.get();
                if (found.isEmpty()) {
                    return MailOutcome.UNKNOWN;
                }
                customer = found.get().customer();
                message = message(found.get().address(), links.create(customer));
            }
            connections.acquire();
            try {
                if (folder == null) {
                    sender.send(message);
                } else {
                    folder.write(message::writeTo);
                }
            } finally {
                connections.release();
            }
            return MailOutcome.SENT;
        }
    }

    private void deliver(Delivery delivery) throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            boolean isLast = attempt == PAUSES.size() || stopping.getCount() == 0;
            try {
                var outcome = delivery.attempt();
                count(outcome, 1);
                if (outcome == MailOutcome.SENT) {
                    LOG.atInfo().addKeyValue("customerId", delivery.customer).log("Sign-in mail sent");
                }
                return;
            } catch (MessagingException | IOException | RuntimeException e) {
                count(isLast ? MailOutcome.FAILED : MailOutcome.RETRIED, 1);
                // the exception's message may quote the address
                LOG.atWarn()
                        .addKeyValue("customerId", delivery.customer)
                        .addKeyValue("attempt", attempt + 1)
                        .addKeyValue("reason", e.getClass().getSimpleName())
                        .log(
                                isLast
                                        ? "Sending a sign-in mail failed; the customer can request another"
                                        : "Sending a sign-in mail failed; retrying");
            }
            if (isLast) {
                return;
            }
            var _ = stopping.await(PAUSES.get(attempt).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private MimeMessage message(String email, String token) throws MessagingException {
        var site = String.valueOf(settings.site()).replaceAll("/+$", "");
        var text = """
                Hello,

                This link signs you in to GrowAlert. It is valid for %d minutes and for one sign-in:

                %s/sign-in.html#token=%s

                If you did not request this link, ignore this mail.
                """.formatted(SignInLinks.EXPIRY.toMinutes(), site, token);
        var message = sender.createMimeMessage();
        var parts = new MimeMessageHelper(message, StandardCharsets.UTF_8.name());
        parts.setFrom(settings.from());
        parts.setTo(email);
        parts.setSubject("Your GrowAlert sign-in link");
        parts.setText(text);
        message.setHeader(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC)));
        // RFC 3834: no out-of-office notice answers this
        message.setHeader("Auto-Submitted", "auto-generated");
        message.saveChanges();
        return message;
    }

    private void count(MailOutcome outcome, int times) {
        meters.counter("growalert.billing.mails", "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment(times);
    }

    @Override
    public void close() {
        stopping.countDown();
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
