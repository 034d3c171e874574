package io.growalert.browser;

import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Receives the mails with sign-in links. */
final class Mailbox implements AutoCloseable {
    private static final Pattern LINK = Pattern.compile("http://\\S+/sign-in\\.html#token=([A-Za-z0-9_-]{43})");

    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    Mailbox() {
        mail.start();
    }

    /** @param site the site of the links */
    Map<String, Object> settings(URI site) {
        return Map.of(
                "growalert.billing.customer.mail.host",
                "127.0.0.1",
                "growalert.billing.customer.mail.port",
                mail.getSmtp().getPort(),
                "growalert.billing.customer.mail.site",
                site);
    }

    /** The token in the link that was sent. */
    String tokenSentTo(String email) {
        return await().until(() -> found(email), Optional::isPresent).orElseThrow();
    }

    private Optional<String> found(String email) {
        for (var message : mail.getReceivedMessages()) {
            var link = LINK.matcher(text(message));
            if (GreenMailUtil.getWholeMessage(message).contains("To: " + email) && link.find()) {
                return Optional.of(link.group(1));
            }
        }
        return Optional.empty();
    }

    /** The plain text of a message of several parts. */
    private static String text(Part message) {
        try {
            var text = new StringBuilder();
            if (message.isMimeType("text/plain")) {
                text.append((String) message.getContent());
            } else if (message.getContent() instanceof Multipart parts) {
                for (int i = 0; i < parts.getCount(); i++) {
                    text.append(text(parts.getBodyPart(i)));
                }
            }
            return text.toString();
        } catch (IOException | MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        mail.stop();
    }
}
