package io.growalert.billing.mail;

import io.growalert.billing.customer.settings.CustomerSettings;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;

/** Whether mails could be sent at present. None is sent. */
public sealed interface MailConnection {
    record Working() implements MailConnection {}

    /** The mail server rejected the user name or the password. */
    record SignInRejected() implements MailConnection {}

    /** @param reason without the server's message */
    record Unusable(String reason) implements MailConnection {}

    /** Connects to the mail server, or checks the folder in its place. */
    static MailConnection test(CustomerSettings.Mail settings) {
        try {
            MailTransport.forTest(settings).testConnection();
            return new Working();
        } catch (AuthenticationFailedException _) {
            return new SignInRejected();
        } catch (MessagingException e) {
            return new Unusable(MailTransport.reason(e));
        } catch (IllegalArgumentException e) {
            return new Unusable(String.valueOf(e.getMessage()));
        }
    }
}
