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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** Where mails go: the SMTP server, or a folder in its place. */
final class MailTransport {
    private static final Logger LOG = LoggerFactory.getLogger(MailTransport.class);
    /** For each answer of the server but the last: a server that is silent must not hold the connections of links for minutes. */
    private static final Duration ANSWER = Duration.ofSeconds(30);
    /** For the answer to the content, which the server may inspect before it accepts it: RFC 5321, 4.5.3.2, has minutes. */
    private static final Duration ACCEPTANCE = Duration.ofMinutes(5);
    /** For an answer while the connection is only tested. */
    private static final Duration TEST_ANSWER = Duration.ofSeconds(10);
    /** For connecting, and for each write. */
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final boolean configured;
    private final JavaMailSenderImpl server;
    private final @Nullable MailFolder folder;

    /** @throws IllegalArgumentException when the folder is not writable */
    MailTransport(CustomerSettings.Mail settings) {
        this(settings, ANSWER, ACCEPTANCE);
    }

    MailTransport(CustomerSettings.Mail settings, Duration answer, Duration acceptance) {
        configured = settings.configured();
        server = server(settings, answer, acceptance);
        folder = settings.folder() == null ? null : MailFolder.in(settings.folder());
    }

    /** Does not wait long for the server. */
    static MailTransport forTest(CustomerSettings.Mail settings) {
        return new MailTransport(settings, TEST_ANSWER, TEST_ANSWER);
    }

    private static JavaMailSenderImpl server(CustomerSettings.Mail settings, Duration answer, Duration acceptance) {
        var server = new SmtpServer(acceptance);
        server.setHost(settings.host());
        server.setPort(settings.port());
        server.setDefaultEncoding(UTF_8.name());
        var properties = new Properties();
        if (!settings.username().isEmpty()) {
            server.setUsername(settings.username());
            server.setPassword(settings.password().value());
            properties.put("mail.smtp.auth", "true");
        }
        properties.put("mail.smtp.connectiontimeout", Long.toString(CONNECT.toMillis()));
        properties.put("mail.smtp.writetimeout", Long.toString(CONNECT.toMillis()));
        properties.put("mail.smtp.timeout", Long.toString(answer.toMillis()));
        // the answer to QUIT says nothing about the mail
        properties.put("mail.smtp.quitwait", "false");
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

    /** Of the connection to the server. */
    Properties properties() {
        return server.getJavaMailProperties();
    }

    boolean isConfigured() {
        return configured;
    }

    /**
     * Connects to the mail server, signs in, and disconnects; does nothing with a folder.
     *
     * @throws MessagingException when the server is unavailable or rejects the sign-in
     */
    void testConnection() throws MessagingException {
        if (folder == null) {
            server.testConnection();
        }
    }

    MimeMessage newMessage() {
        return server.createMimeMessage();
    }

    /** @throws org.springframework.mail.MailException when the server is unavailable or rejects the message */
    void send(MimeMessage message) throws MessagingException, IOException {
        if (folder != null) {
            folder.write(message::writeTo);
            return;
        }
        try {
            server.send(message);
        } catch (MailSendException e) {
            if (!e.getFailedMessages().isEmpty()) {
                throw e;
            }
            // accepted; only the end of the connection failed
            LOG.atDebug().setCause(e).log("Closing the connection to the mail server failed");
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
