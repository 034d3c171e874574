package io.growalert.dispatcher.handler.email;

import io.growalert.dispatcher.handler.Answered;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Settled;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.mail.MailException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/**
 * Sends one message to the addresses that are not settled yet. Each address has its own outcome: accepted, refused
 * permanently, or to be retried, see {@link SmtpReplies}.
 */
final class EmailHandler implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(EmailHandler.class);
    /** For connecting, and for each reply of the server. */
    static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

    private final JavaMailSenderImpl sender;
    private final String from;
    private final List<String> to;

    EmailHandler(JavaMailSenderImpl sender, String from, List<String> to) {
        this.sender = sender;
        this.from = from;
        this.to = to;
    }

    @Override
    public Outcome deliver(Notification notification) throws MessagingException {
        return attempt(notification).outcome();
    }

    @Override
    public Answered attempt(Notification notification) throws MessagingException {
        var settled = notification.settled();
        var addresses = addresses();
        var open =
                addresses.stream().filter(address -> !settled.contains(address)).toList();
        if (open.isEmpty()) {
            return Answered.none(outcome(addresses, settled, ""));
        }
        try {
            sender.send(EmailMessage.fill(envelope(open), notification, from, to));
            var outcome = outcome(addresses, with(settled, SmtpReplies.acceptedFor(open), open), "");
            return new Answered(outcome, SmtpReplies.ACCEPTED, null);
        } catch (MailSendException e) {
            var replies = SmtpReplies.of(e, open);
            var outcome = outcome(addresses, with(settled, replies, open), reason(replies));
            if (!replies.refused().isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("deliveryId", notification.id())
                        .addKeyValue("receiver", notification.receiver())
                        .addKeyValue("codes", new TreeSet<>(replies.refused().values()))
                        .log("Mail server refused the message for some addresses");
            }
            return new Answered(outcome, replies.code(), replies.text());
        } catch (MailException e) {
            // a failed login succeeds after a new password is set, so the delivery is retried
            return Answered.none(new Outcome.Retry(e.getClass().getSimpleName()));
        }
    }

    @Override
    public String preview(Notification notification) {
        return "To: %s\nFrom: %s\n%s".formatted(String.join(", ", to), from, EmailMessage.preview(notification));
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(60);
    }

    private List<String> addresses() throws MessagingException {
        var addresses = new TreeSet<String>();
        for (var text : to) {
            addresses.add(new InternetAddress(text).getAddress());
        }
        return List.copyOf(addresses);
    }

    /** The message's headers list all addresses, as in the first attempt; the envelope only the open ones. */
    private MimeMessage envelope(Collection<String> open) throws MessagingException {
        var recipients = new Address[open.size()];
        int next = 0;
        for (var address : open) {
            recipients[next++] = new InternetAddress(address);
        }
        return new MimeMessage(sender.getSession()) {
            @Override
            public Address[] getAllRecipients() {
                return recipients.clone();
            }
        };
    }

    private static Settled with(Settled before, SmtpReplies replies, Collection<String> open) {
        var accepted = new HashSet<>(before.accepted());
        accepted.addAll(replies.accepted());
        var refused = new TreeMap<>(before.refused());
        open.stream()
                .filter(replies::isFinal)
                .forEach(address ->
                        refused.put(address, "SMTP " + replies.refused().get(address)));
        return new Settled(accepted, refused);
    }

    /** Delivered when all addresses are settled and one accepted it; {@code reason} is why addresses are not settled. */
    private static Outcome outcome(List<String> addresses, Settled settled, String reason) {
        long open =
                addresses.stream().filter(address -> !settled.contains(address)).count();
        if (open > 0) {
            return new Outcome.Retry(
                    "%s; to be retried for %d of %d addresses".formatted(reason, open, addresses.size()),
                    Optional.empty(),
                    Optional.of(settled));
        }
        if (settled.accepted().isEmpty()) {
            return new Outcome.Rejected("refused permanently for all %d addresses: %s"
                    .formatted(addresses.size(), new TreeSet<>(settled.refused().values())));
        }
        var accepted = "accepted for %d addresses".formatted(settled.accepted().size());
        return new Outcome.Delivered(
                settled.refused().isEmpty() ? accepted : accepted + ", refused permanently for " + refused(settled));
    }

    private static String refused(Settled settled) {
        return new TreeMap<>(settled.refused())
                .entrySet().stream()
                        .map(entry -> "%s (%s)".formatted(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /** Without the addresses, since the reason of a parked delivery is logged. */
    private static String reason(SmtpReplies replies) {
        return replies.refused().isEmpty()
                ? "the mail server is unreachable: " + replies.failure()
                : "SMTP " + new TreeSet<>(replies.refused().values());
    }
}
