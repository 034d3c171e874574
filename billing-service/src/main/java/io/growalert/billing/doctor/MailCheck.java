package io.growalert.billing.doctor;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.doctor.Diagnosis.Area;
import io.growalert.billing.mail.MailConnection;

/** Whether mails to customers can be sent. */
final class MailCheck {
    private MailCheck() {}

    static Diagnosis of(CustomerSettings.Mail settings) {
        if (!settings.configured()) {
            return Diagnosis.problem(
                    Area.MAIL,
                    "not configured: customers cannot sign in and get no mails",
                    "set GROWALERT_BILLING_CUSTOMER_MAIL_HOST and GROWALERT_BILLING_CUSTOMER_MAIL_SITE");
        }
        var place = settings.folder() == null
                ? "the mail server %s:%d".formatted(settings.host(), settings.port())
                : "the folder " + settings.folder();
        return switch (MailConnection.test(settings)) {
            case MailConnection.Working() -> Diagnosis.ok(Area.MAIL, place + " accepts mails");
            case MailConnection.SignInRejected() ->
                Diagnosis.problem(
                        Area.MAIL,
                        place + " rejected the user name or the password",
                        "set GROWALERT_BILLING_CUSTOMER_MAIL_USERNAME and GROWALERT_BILLING_CUSTOMER_MAIL_PASSWORD");
            case MailConnection.Unusable(var reason) ->
                Diagnosis.problem(
                        Area.MAIL,
                        "%s cannot be used: %s".formatted(place, reason),
                        "check GROWALERT_BILLING_CUSTOMER_MAIL_HOST, _PORT, _SECURITY and _FOLDER, and the network");
        };
    }
}
