package io.growalert.billing.doctor;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.doctor.Diagnosis.Area;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.nio.file.Files;

/** Whether mails to customers can be sent. No mail is sent. */
final class MailCheck {
    private MailCheck() {}

    /** Connects to the mail server, signs in, and ends the connection. */
    static Diagnosis of(CustomerSettings.Mail settings) {
        if (!settings.configured()) {
            return Diagnosis.problem(
                    Area.MAIL,
                    "not configured: customers cannot sign in and get no receipts",
                    "set GROWALERT_BILLING_CUSTOMER_MAIL_HOST and GROWALERT_BILLING_CUSTOMER_MAIL_SITE");
        }
        var folder = settings.folder();
        if (folder != null) {
            return Files.isWritable(folder)
                    ? Diagnosis.ok(Area.MAIL, "written to files in " + folder)
                    : Diagnosis.problem(
                            Area.MAIL,
                            "the folder %s is not writable".formatted(folder),
                            "give write access, or set GROWALERT_BILLING_CUSTOMER_MAIL_FOLDER to another");
        }
        var server = "%s:%d".formatted(settings.host(), settings.port());
        try {
            MailServer.sender(settings).testConnection();
            return Diagnosis.ok(Area.MAIL, "%s accepts the connection".formatted(server));
        } catch (AuthenticationFailedException _) {
            return Diagnosis.problem(
                    Area.MAIL,
                    "the mail server %s rejected the user name or the password".formatted(server),
                    "set GROWALERT_BILLING_CUSTOMER_MAIL_USERNAME and GROWALERT_BILLING_CUSTOMER_MAIL_PASSWORD");
        } catch (MessagingException e) {
            return Diagnosis.problem(
                    Area.MAIL,
                    "the mail server %s cannot be used: %s".formatted(server, e.getClass().getSimpleName()),
                    "check GROWALERT_BILLING_CUSTOMER_MAIL_HOST, _PORT and _SECURITY, and the network");
        }
    }
}
