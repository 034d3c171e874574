package io.growalert.billing.customer;

import io.growalert.billing.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.stereotype.Component;

/** The link that renews a session, on its way to the customer. */
@Component
final class RenewalMail {
    private static final Logger LOG = LoggerFactory.getLogger(RenewalMail.class);
    /** For the connection, and for each answer of the server. */
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

    private final CustomerSettings.Mail settings;
    private final @Nullable JavaMailSenderImpl sender;

    RenewalMail(CustomerSettings settings) {
        this.settings = settings.mail();
        sender = this.settings.configured() ? sender(this.settings) : null;
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

    void needsServer() {
        if (sender == null) {
            throw Problem.MAIL_NOT_CONFIGURED.because("sessions cannot be renewed here; create a new customer");
        }
    }

    /** @param token what the link carries */
    void send(String customer, String email, String token) {
        needsServer();
        var site = String.valueOf(settings.site()).replaceAll("/+$", "");
        var text = """
                Hello,

                with this link you are signed in to GrowAlert again. It is good for %d minutes:

                %s/renew-session?token=%s

                If you did not ask for it, there is nothing to be done.
                """.formatted(Sessions.LINK_EXPIRY.toMinutes(), site, token);
        try {
            Objects.requireNonNull(sender).send(message -> {
                var parts = new MimeMessageHelper(message, StandardCharsets.UTF_8.name());
                parts.setFrom(settings.from());
                parts.setTo(email);
                parts.setSubject("Your link to GrowAlert");
                parts.setText(text);
                // RFC 3834: no out-of-office notice is to answer this
                message.setHeader("Auto-Submitted", "auto-generated");
            });
        } catch (MailException e) {
            // its message may hold the address
            LOG.atWarn()
                    .addKeyValue("customerId", customer)
                    .addKeyValue("reason", e.getClass().getSimpleName())
                    .log("The link that renews a session was not sent; the customer can ask again");
            throw Problem.MAIL_UNAVAILABLE.retryAfter(Duration.ofSeconds(30), "the link could not be sent; try again");
        }
        LOG.atInfo().addKeyValue("customerId", customer).log("A link that renews a session was sent");
    }
}
