package io.growalert.billing.mail;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.billing.customer.settings.CustomerSettings;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** Where mails go: the SMTP server, or a folder in its place. */
final class MailTransport {
    /** For connecting, and for each answer of the server. */
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

    private final boolean configured;
    private final JavaMailSenderImpl server;
    private final @Nullable MailFolder folder;

    /** @throws IllegalArgumentException when the folder is not writable */
    MailTransport(CustomerSettings.Mail settings) {
        configured = settings.configured();
        server = server(settings);
        folder = settings.folder() == null ? null : MailFolder.in(settings.folder());
    }

    private static JavaMailSenderImpl server(CustomerSettings.Mail settings) {
        var server = new JavaMailSenderImpl();
        server.setHost(settings.host());
        server.setPort(settings.port());
        server.setDefaultEncoding(UTF_8.name());
        var properties = new Properties();
        if (!settings.username().isEmpty()) {
            server.setUsername(settings.username());
            server.setPassword(settings.password().value());
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
        server.setJavaMailProperties(properties);
        return server;
    }

    boolean isConfigured() {
        return configured;
    }

    MimeMessage newMessage() {
        return server.createMimeMessage();
    }

    /** @throws org.springframework.mail.MailException when the server is unavailable or rejects the message */
    void send(MimeMessage message) throws MessagingException, IOException {
        if (folder == null) {
            server.send(message);
        } else {
            folder.write(message::writeTo);
        }
    }

    /** Whether no further attempt can succeed: the recipient's address is malformed, or the server rejects it for good. */
    static boolean isFinal(Throwable failure) {
        if (failure instanceof MailSendException several) {
            for (var each : several.getMessageExceptions()) {
                if (isFinal(each)) {
                    return true;
                }
            }
        }
        if (failure instanceof AddressException) {
            return true;
        }
        if (failure instanceof SendFailedException rejected) {
            var invalid = rejected.getInvalidAddresses();
            return invalid != null && invalid.length > 0;
        }
        return failure.getCause() != null && isFinal(failure.getCause());
    }

    /** The class of the root cause: messages of mail servers may quote the address. */
    static String reason(Throwable failure) {
        var cause = failure;
        if (failure instanceof MailSendException several && several.getMessageExceptions().length > 0) {
            cause = several.getMessageExceptions()[0];
        }
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName();
    }
}
