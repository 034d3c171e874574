package io.growalert.dispatcher.handler.email;

import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.mail.MailException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSender;

/** Hands one message in; who refused it and how decides whether it is tried again, see {@link SmtpAnswer}. */
final class EmailHandler implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(EmailHandler.class);
    /** For the connection, and for each answer of the server. */
    static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

    private final JavaMailSender sender;
    private final String from;
    private final List<String> to;

    EmailHandler(JavaMailSender sender, String from, List<String> to) {
        this.sender = sender;
        this.from = from;
        this.to = to;
    }

    @Override
    public Outcome deliver(Notification notification) throws MessagingException {
        var message = EmailMessage.fill(sender.createMimeMessage(), notification, from, to);
        try {
            sender.send(message);
            return new Outcome.Delivered("accepted for %d addresses".formatted(to.size()));
        } catch (MailSendException e) {
            var outcome = SmtpAnswer.of(e, to.size());
            if (outcome instanceof Outcome.Delivered(var detail)) {
                LOG.atWarn()
                        .addKeyValue("deliveryId", notification.id())
                        .addKeyValue("receiver", notification.receiver())
                        .addKeyValue("detail", detail)
                        .log("The mail server did not take the message for all addresses");
            }
            return outcome;
        } catch (MailException e) {
            // a login that fails is mended by a new password: nothing is lost until then
            return new Outcome.Retry(e.getClass().getSimpleName());
        }
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(60);
    }
}
