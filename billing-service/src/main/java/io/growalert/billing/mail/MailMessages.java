package io.growalert.billing.mail;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.runtime.brand.Brand;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mail.javamail.MimeMessageHelper;

/**
 * Mails as messages of text and HTML. The Message-ID follows from the fact, so that mail servers and clients recognize a
 * message whose attempt was repeated; when an operator sends it again, it is another message.
 */
final class MailMessages {
    private static final String SENDER = "growalert@localhost";

    private final MailTemplates templates;
    private final MailValues values;
    private final String from;
    /** Mail clients do not show SVG images. */
    private final byte @Nullable [] logo;

    private final InstantSource clock;

    MailMessages(MailTemplates templates, Brand brand, CustomerSettings.Mail settings, InstantSource clock) {
        this.templates = templates;
        this.clock = clock;
        from = settings.from().isBlank() ? sender(brand) : settings.from();
        var mark = brand.mark();
        logo = mark.extension().equals("png") ? mark.bytes() : null;
        values = new MailValues(brand, settings.site(), logo != null);
    }

    private static String sender(Brand brand) {
        try {
            return new InternetAddress(SENDER, brand.name(), UTF_8.name()).toString();
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException("every Java platform has UTF-8", e);
        }
    }

    /**
     * @param message to be filled
     * @throws jakarta.mail.internet.AddressException when the recipient's address is malformed
     */
    void fill(MimeMessage message, QueuedMail mail, MailPreparation.Prepared prepared) throws MessagingException {
        var all = new HashMap<>(mail.values());
        all.putAll(prepared.values());
        var rendered = templates.render(mail.kind(), values.of(all, prepared.path()));
        var parts = new MimeMessageHelper(message, MimeMessageHelper.MULTIPART_MODE_RELATED, UTF_8.name());
        parts.setFrom(from);
        parts.setTo(prepared.address());
        parts.setSubject(rendered.subject());
        parts.setText(rendered.text(), rendered.html());
        if (logo != null) {
            parts.addInline("logo", new ByteArrayResource(logo), "image/png");
        }
        message.setHeader(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atOffset(ZoneOffset.UTC)));
        // RFC 3834: no out-of-office notice answers this
        message.setHeader("Auto-Submitted", "auto-generated");
        message.saveChanges();
        // after saveChanges, which sets one of its own
        message.setHeader("Message-ID", messageId(mail));
    }

    private String messageId(QueuedMail mail) throws MessagingException {
        var address = new InternetAddress(from).getAddress();
        return "<%s.%d@%s>"
                .formatted(
                        digest("%s %s".formatted(mail.kind().text(), mail.subject())),
                        mail.resends(),
                        address.substring(address.lastIndexOf('@') + 1));
    }

    private static String digest(String fact) {
        try {
            var sha = MessageDigest.getInstance("SHA-256").digest(fact.getBytes(UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(sha, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
