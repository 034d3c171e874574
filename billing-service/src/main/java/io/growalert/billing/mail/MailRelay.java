package io.growalert.billing.mail;

import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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
 * Sends queued mails. The loop claims due ones with a lease, which it renews until the outcome is stored, and each is sent in a
 * virtual thread, at most {@link #CONNECTIONS} at once. A failed attempt is retried after a pause, until the kind's limit is over;
 * then the mail is parked. A mail whose instance died is claimed again when the lease expires, and may arrive twice, with one
 * Message-ID.
 */
final class MailRelay implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(MailRelay.class);
    private static final int CONNECTIONS = 4;
    /** Of these, only for mails with a link, which must not wait for others. */
    private static final int FOR_LINKS = 1;

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration UPKEEP = Duration.ofSeconds(10);
    private static final Duration LEASE = Duration.ofMinutes(5);
    /** Between attempts to store an outcome. */
    private static final Duration STORE = Duration.ofSeconds(1);

    private static final Duration DRAIN = Duration.ofSeconds(20);

    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            Duration.ofHours(1));

    private static final String PARKED =
            "Mail parked; resend it with growalert billing mails --resend, or end it with --discard";
    private static final String NOT_STORED =
            "Storing the outcome of a mail failed; it is attempted again when its lease expires";

    private static final Loop.Options RETRY =
            Loop.Options.DEFAULT.withRetry(Duration.ofSeconds(1), Duration.ofSeconds(10));

    private final Mails mails;
    private final MailTable table;
    private final MailAttempt attempt;
    private final MailTransport transport;
    private final MailMetrics metrics;
    private final Loop loop;
    private final Semaphore connections = new Semaphore(CONNECTIONS);
    /** By id; its lock is held while leases are renewed. */
    private final Map<Long, QueuedMail> underWay = new HashMap<>();

    private ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile CountDownLatch stopped = new CountDownLatch(1);
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

    /** Claims as many due mails as connections are free, those with a link first. The end of each attempt wakes the loop. */
    private Duration round(Loop loop) throws InterruptedException {
        upkeep();
        if (transport.isConfigured()) {
            int free = connections.availablePermits();
            if (free > 0) {
                begin(table.claimLinks(free, LEASE));
            }
            int others = connections.availablePermits() - FOR_LINKS;
            if (others > 0) {
                begin(table.claim(others, LEASE));
            }
        }
        return POLL;
    }

    private void begin(List<QueuedMail> claimed) throws InterruptedException {
        for (var mail : claimed) {
            connections.acquire();
            synchronized (underWay) {
                underWay.put(mail.id(), mail);
            }
            threads.execute(() -> send(mail));
        }
    }

    private void upkeep() {
        if (System.nanoTime() - upkeepAt < 0) {
            return;
        }
        synchronized (underWay) {
            table.renew(underWay.values(), LEASE);
        }
        if (transport.isConfigured()) {
            for (var mail : table.expire("parked", "no attempt was made")) {
                metrics.count(mail.kind(), new MailOutcome.Failed(mail.error()));
                expired(mail.kind().hasToken() ? LOG.atWarn() : LOG.atError(), mail, PARKED);
            }
        } else {
            for (var mail : table.expire("discarded", "no mail server is configured")) {
                metrics.discarded(mail.kind());
                expired(LOG.atWarn(), mail, "Mail discarded: no mail server is configured");
            }
        }
        metrics.backlog(table.backlog());
        upkeepAt = System.nanoTime() + UPKEEP.toNanos();
    }

    private static void expired(LoggingEventBuilder log, MailTable.Expired mail, String message) {
        log.addKeyValue("mailId", mail.id())
                .addKeyValue("kind", mail.kind().text())
                .addKeyValue("customerId", mail.customer())
                .addKeyValue("reason", mail.error())
                .log(message);
    }

    private void send(QueuedMail mail) {
        try {
            var outcome = outcome(mail);
            if (outcome instanceof MailOutcome.Retried) {
                // a renewal must not defer the next attempt
                end(mail);
            }
            log(mail, outcome);
            store(mail, outcome);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            end(mail);
            connections.release();
            mails.queued().wake();
        }
    }

    private void end(QueuedMail mail) {
        synchronized (underWay) {
            underWay.remove(mail.id(), mail);
        }
    }

    /** Repeated while the database is unavailable: what was sent must not be sent again. */
    private void store(QueuedMail mail, MailOutcome outcome) throws InterruptedException {
        long until = System.nanoTime() + LEASE.toNanos();
        for (int failures = 0; ; failures++) {
            try {
                if (isStored(mail, outcome)) {
                    metrics.count(mail.kind(), outcome);
                } else {
                    LOG.atWarn().addKeyValue("mailId", mail.id()).log("Lease expired; outcome discarded");
                }
                return;
            } catch (RuntimeException e) {
                boolean isLast = stopped.getCount() == 0 || System.nanoTime() - until > 0;
                if (isLast || failures == 0) {
                    (isLast ? LOG.atError() : LOG.atWarn())
                            .setCause(e)
                            .addKeyValue("mailId", mail.id())
                            .addKeyValue("outcome", outcome.text())
                            .log(isLast ? NOT_STORED : "Storing the outcome of a mail failed; retrying");
                }
                if (isLast) {
                    return;
                }
            }
            var _ = stopped.await(STORE.toMillis(), TimeUnit.MILLISECONDS);
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
            LOG.atError().setCause(e).addKeyValue("mailId", mail.id()).log("Sending a mail failed: internal error");
            return new MailOutcome.Retried("internal error: " + e.getClass().getSimpleName());
        }
    }

    private static void log(QueuedMail mail, MailOutcome outcome) {
        switch (outcome) {
            case MailOutcome.Sent _ -> log(mail, "Mail sent");
            case MailOutcome.Unknown _, MailOutcome.Superseded _ -> {}
            case MailOutcome.Failed(var reason) -> failed(LOG.atError(), mail, reason, PARKED);
            case MailOutcome.Retried(var reason) ->
                failed(LOG.atWarn(), mail, reason, "Sending a mail failed; retrying");
        }
    }

    /** False when another instance claimed the mail meanwhile. */
    private boolean isStored(QueuedMail mail, MailOutcome outcome) {
        return switch (outcome) {
            case MailOutcome.Sent _ -> table.finish(mail, "sent", null);
            case MailOutcome.Unknown _ -> table.finish(mail, "discarded", "no address");
            case MailOutcome.Superseded(var reason) -> table.finish(mail, "discarded", reason);
            case MailOutcome.Failed(var reason) -> table.finish(mail, "parked", reason);
            case MailOutcome.Retried(var reason) -> table.retry(mail, pause(mail.attempt()), reason);
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
            stopped = new CountDownLatch(1);
        }
        loop.start();
    }

    /**
     * Waits for the mails under way; those that are not due yet remain queued. An attempt is never interrupted: the mail server may
     * have accepted the mail, and its answer would be lost.
     */
    @Override
    public void stop() {
        loop.stop();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn().log("Stopped while mails were being sent; they may be sent again");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            stopped.countDown();
        }
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
