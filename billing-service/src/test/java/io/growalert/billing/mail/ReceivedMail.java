package io.growalert.billing.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The parts of a message. */
public final class ReceivedMail {
    private ReceivedMail() {}

    public static String text(Part message) {
        return part(message, "text/plain");
    }

    public static String html(Part message) {
        return part(message, "text/html");
    }

    private static String part(Part message, String type) {
        try {
            if (message.isMimeType(type)) {
                return ((String) message.getContent()).replace("\r\n", "\n");
            }
            var found = new StringBuilder();
            if (message.getContent() instanceof Multipart parts) {
                for (int i = 0; i < parts.getCount(); i++) {
                    found.append(part(parts.getBodyPart(i), type));
                }
            }
            return found.toString();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
