package io.growalert.dispatcher.handler.email;

import io.growalert.dispatcher.handler.Outcome;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;
import org.springframework.mail.MailSendException;

/** What a refused message means. Reply codes from 500 on are final (RFC 5321, section 4.2.1). */
final class SmtpAnswer {
    private SmtpAnswer() {}

    /**
     * Delivered if somebody got it, since another attempt would be sent to all of them; otherwise tried again if anybody may
     * still get it.
     *
     * @param addresses how many it was for
     */
    static Outcome of(MailSendException e, int addresses) {
        var codes = new ArrayList<Integer>();
        var sent = new HashSet<Address>();
        var failures = List.of(e.getMessageExceptions());
        for (var failure : failures) {
            collect(failure, codes, sent);
        }
        if (!sent.isEmpty()) {
            return new Outcome.Delivered("accepted for %d addresses, refused for %d: SMTP %s"
                    .formatted(sent.size(), addresses - sent.size(), codes));
        }
        if (codes.isEmpty()) {
            var cause = failures.isEmpty() ? e.getMostSpecificCause() : failures.getFirst();
            return new Outcome.Retry("the mail server cannot be reached: " + rootName(cause));
        }
        if (codes.stream().anyMatch(code -> code < 500)) {
            return new Outcome.Retry("SMTP " + codes);
        }
        return new Outcome.Rejected("SMTP " + codes);
    }

    private static void collect(@Nullable Throwable failure, List<Integer> codes, Set<Address> sent) {
        switch (failure) {
            case SMTPAddressFailedException address -> codes.add(address.getReturnCode());
            case SMTPSenderFailedException sender -> codes.add(sender.getReturnCode());
            case SMTPSendFailedException send when send.getReturnCode() >= 400 -> codes.add(send.getReturnCode());
            case null, default -> {}
        }
        if (failure instanceof SendFailedException partly && partly.getValidSentAddresses() != null) {
            sent.addAll(List.of(partly.getValidSentAddresses()));
        }
        if (failure instanceof MessagingException messaging) {
            collect(messaging.getNextException(), codes, sent);
        }
    }

    private static String rootName(Throwable failure) {
        var cause = failure.getCause();
        return cause == null ? failure.getClass().getSimpleName() : rootName(cause);
    }
}
