package io.growalert.billing.mail;

import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.context.SmartLifecycle;
import org.springframework.mail.MailException;

/**
 * Sends queued mails. The loop claims due ones with a lease, and each is sent in a virtual thread, at most {@link #CONNECTIONS} at
 * once. A failed attempt is retried after a pause, until the kind's limit is over; then the mail is parked. A mail whose instance
 * died is claimed again when the lease expires, and may arrive twice, with one Message-ID.
 */
final class MailRelay implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(MailRelay.class);
    private static final int CONNECTIONS = 4;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration UPKEEP = Duration.ofSeconds(10);
    /** Longer than an attempt: each of the mail server's answers may take 10 s. */
    private static final Duration LEASE = Duration.ofMinutes(5);

    private static final Duration DRAIN = Duration.ofSeconds(10);

    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            Duration.ofHours(1));

    private static final Loop.Options RETRY =
            Loop.Options.DEFAULT.withRetry(Duration.ofSeconds(1), Duration.ofSeconds(10));

    private final Mails mails;
    private final MailTable table;
    private final MailAttempt attempt;
    private final MailTransport transport;
    private final MailMetrics metrics;
    private final Loop loop;
    private final Semaphore connections = new Semaphore(CONNECTIONS);
    private ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private long upkeepAt = System.nanoTime();

    MailRelay(Mails mails, MailTable table, MailAttempt attempt, MailTransport transport, MailMetrics metrics) {
        this.mails = mails;
        this.table = table;
        this.attempt = attempt;
        this.transport = transport;
        this.metrics = metrics;
        loop = new Loop(
                new Progress("mail-relay"), "Sending mails failed; retrying", RETRY, mails.queued(), this::round);
    }

    /** Claims as many due mails as connections are free. The end of each attempt wakes the loop. */
    private Duration round(Loop loop) throws InterruptedException {
        upkeep();
        if (transport.isConfigured()) {
            int free = connections.availablePermits();
            if (free > 0) {
                for (var mail : table.claim(free, LEASE)) {
                    connections.acquire();
                    threads.execute(() -> send(mail));
                }
            }
        }
        return POLL;
    }

    private void upkeep() {
        if (System.nanoTime() - upkeepAt < 0) {
            return;
        }
        var parked =
                table.parkExpired(transport.isConfigured() ? "no attempt was made" : "no mail server is configured");
        for (var mail : parked) {
            metrics.count(mail.kind(), new MailOutcome.Failed(mail.error()));
            (mail.kind().hasToken() ? LOG.atWarn() : LOG.atError())
                    .addKeyValue("mailId", mail.id())
                    .addKeyValue("kind", mail.kind().text())
                    .addKeyValue("customerId", mail.customer())
                    .addKeyValue("reason", mail.error())
                    .log("Mail parked; resend it with growalert billing mails --resend");
        }
        metrics.backlog(table.backlog());
        upkeepAt = System.nanoTime() + UPKEEP.toNanos();
    }

    private void send(QueuedMail mail) {
        try {
            var outcome = outcome(mail);
            if (record(mail, outcome)) {
                metrics.count(mail.kind(), outcome);
            } else {
                LOG.atWarn().addKeyValue("mailId", mail.id()).log("Lease expired; outcome discarded");
            }
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("mailId", mail.id())
                    .log("Could not store a mail's outcome; it is attempted again when its lease expires");
        } finally {
            connections.release();
            mails.queued().wake();
        }
    }

    private MailOutcome outcome(QueuedMail mail) {
        try {
            return attempt.send(mail);
        } catch (MessagingException | IOException | MailException e) {
            var reason = MailTransport.reason(e);
            return MailTransport.isFinal(e)
                    ? new MailOutcome.Failed("recipient rejected: " + reason)
                    : new MailOutcome.Retried("mail server unavailable: " + reason);
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                return new MailOutcome.Retried("service stopped");
            }
            LOG.atError().setCause(e).addKeyValue("mailId", mail.id()).log("Sending a mail failed: internal error");
            return new MailOutcome.Retried("internal error: " + e.getClass().getSimpleName());
        }
    }

    /** False when another instance claimed the mail meanwhile. */
    private boolean record(QueuedMail mail, MailOutcome outcome) {
        return switch (outcome) {
            case MailOutcome.Sent _ -> {
                log(mail, "Mail sent");
                yield table.finish(mail, "sent", null);
            }
            case MailOutcome.Unknown _ -> table.finish(mail, "discarded", "no address");
            case MailOutcome.Superseded(var reason) -> table.finish(mail, "discarded", reason);
            case MailOutcome.Failed(var reason) -> {
                failed(LOG.atError(), mail, reason, "Mail parked; resend it with growalert billing mails --resend");
                yield table.finish(mail, "parked", reason);
            }
            case MailOutcome.Retried(var reason) -> {
                failed(LOG.atWarn(), mail, reason, "Sending a mail failed; retrying");
                yield table.retry(mail, pause(mail.attempt()), reason);
            }
        };
    }

    static Duration pause(int attempt) {
        return PAUSES.get(Math.min(attempt, PAUSES.size()) - 1);
    }

    private static void log(QueuedMail mail, String message) {
        LOG.atInfo()
                .addKeyValue("mailId", mail.id())
                .addKeyValue("kind", mail.kind().text())
                .addKeyValue("customerId", mail.customer())
                .log(message);
    }

    private static void failed(LoggingEventBuilder log, QueuedMail mail, String reason, String message) {
        log.addKeyValue("mailId", mail.id())
                .addKeyValue("kind", mail.kind().text())
                .addKeyValue("customerId", mail.customer())
                .addKeyValue("attempt", mail.attempt())
                .addKeyValue("reason", reason)
                .log(message);
    }

    Progress progress() {
        return loop.progress();
    }

    @Override
    public void start() {
        if (threads.isShutdown()) {
            threads = Executors.newVirtualThreadPerTaskExecutor();
        }
        loop.start();
    }

    /** Waits for the mails under way; those that are not due yet remain queued. */
    @Override
    public void stop() {
        loop.stop();
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

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
