package io.growalert.dispatcher.handler.email;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.InternetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;
import org.springframework.mail.MailSendException;

/**
 * The replies of the mail server for each address.
 *
 * @param accepted addresses that the message was accepted for
 * @param refused addresses that it was refused for, with the reply code; an address in neither got no reply
 * @param failure why there are addresses without a reply
 * @param text the first reply that refused an address, without addresses; null when none did
 */
record SmtpReplies(
        Set<String> accepted,
        Map<String, Integer> refused,
        String failure,
        @Nullable String text) {
    /** The reply code to an accepted message. */
    static final int ACCEPTED = 250;

    /** Reply codes from here on are final (RFC 5321, section 4.2.1). */
    private static final int FINAL = 500;

    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>@]+@[^\\s<>@]+");

    /** Counts as temporary when an address is refused with it (RFC 5321, section 4.5.3.1.10). */
    private static final int TOO_MANY_RECIPIENTS = 552;

    SmtpReplies {
        accepted = Set.copyOf(accepted);
        refused = Map.copyOf(refused);
    }

    static SmtpReplies acceptedFor(Collection<String> addresses) {
        return new SmtpReplies(Set.copyOf(addresses), Map.of(), "", null);
    }

    /** @param addresses the recipients of the attempt */
    static SmtpReplies of(MailSendException e, Collection<String> addresses) {
        var reading = new Reading();
        var failures = List.of(e.getMessageExceptions());
        failures.forEach(reading::read);
        var refused = new TreeMap<String, Integer>();
        for (var address : addresses) {
            // a refusal of the sender or the message applies to every address that did not accept it
            var code = reading.codes.getOrDefault(address, reading.codeOfAll);
            if (code != null && !reading.sent.contains(address)) {
                refused.put(address, code);
            }
        }
        var cause = failures.isEmpty() ? e.getMostSpecificCause() : failures.getFirst();
        return new SmtpReplies(reading.sent, refused, rootName(cause), refused.isEmpty() ? null : reading.text);
    }

    /** The highest code that refused an address; null when none was refused. */
    @Nullable
    Integer code() {
        return refused.values().stream().max(Comparator.naturalOrder()).orElse(null);
    }

    boolean isFinal(String address) {
        int code = refused.getOrDefault(address, 0);
        return code >= FINAL && code != TOO_MANY_RECIPIENTS;
    }

    private static final class Reading {
        private final Map<String, Integer> codes = new HashMap<>();
        private final Set<String> sent = new HashSet<>();
        private @Nullable Integer codeOfAll;
        private @Nullable String text;

        void read(@Nullable Throwable failure) {
            if (text == null && failure != null && isRefusal(failure)) {
                text = ADDRESS.matcher(String.valueOf(failure.getMessage())).replaceAll("***");
            }
            switch (failure) {
                case SMTPAddressFailedException refused ->
                    codes.put(refused.getAddress().getAddress(), refused.getReturnCode());
                case SMTPSenderFailedException sender -> codeOfAll = sender.getReturnCode();
                case SMTPSendFailedException send when send.getReturnCode() >= 400 -> codeOfAll = send.getReturnCode();
                case null, default -> {}
            }
            if (failure instanceof SendFailedException partly && partly.getValidSentAddresses() != null) {
                for (var address : partly.getValidSentAddresses()) {
                    sent.add(text(address));
                }
            }
            if (failure instanceof MessagingException messaging) {
                read(messaging.getNextException());
            }
        }

        private static boolean isRefusal(Throwable failure) {
            return failure instanceof SMTPAddressFailedException
                    || failure instanceof SMTPSenderFailedException
                    || (failure instanceof SMTPSendFailedException send && send.getReturnCode() >= 400);
        }

        private static String text(Address address) {
            return address instanceof InternetAddress internet ? internet.getAddress() : address.toString();
        }
    }

    private static String rootName(Throwable failure) {
        var cause = failure.getCause();
        return cause == null ? failure.getClass().getSimpleName() : rootName(cause);
    }
}
