package io.growalert.billing.mail;

import io.growalert.billing.mail.MailPreparation.Prepared;
import io.growalert.billing.mail.MailPreparation.PreparedMail;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One attempt to send a mail: the address and the links are of now, not of the fact. */
final class MailAttempt {
    private final JdbcClient jdbc;
    private final MailRelevance relevance;
    private final Map<MailKind, MailPreparation> preparations = new EnumMap<>(MailKind.class);
    private final MailMessages messages;
    private final MailTransport transport;

    MailAttempt(JdbcClient jdbc, List<MailPreparation> preparations, MailMessages messages, MailTransport transport) {
        this.jdbc = jdbc;
        this.messages = messages;
        this.transport = transport;
        relevance = new MailRelevance(jdbc);
        for (var preparation : preparations) {
            for (var kind : preparation.kinds()) {
                if (this.preparations.put(kind, preparation) != null) {
                    throw new IllegalStateException("two preparations of " + kind);
                }
            }
        }
    }

    /** @throws org.springframework.mail.MailException when the mail server is unavailable or rejects the message */
    MailOutcome send(QueuedMail mail) throws MessagingException, IOException {
        var superseded = relevance.superseded(mail);
        if (superseded.isPresent()) {
            return new MailOutcome.Superseded(superseded.get());
        }
        return switch (prepared(mail)) {
            case MailPreparation.Obsolete(var reason) -> new MailOutcome.Superseded(reason);
            case MailPreparation.NoRecipient _ -> new MailOutcome.Unknown();
            case Prepared prepared -> send(mail, prepared);
        };
    }

    private MailOutcome send(QueuedMail mail, Prepared prepared) throws MessagingException, IOException {
        var message = transport.newMessage();
        messages.fill(message, mail, prepared);
        transport.send(message);
        return new MailOutcome.Sent();
    }

    private PreparedMail prepared(QueuedMail mail) {
        var customer = mail.customer();
        var address = address(customer);
        var preparation = preparations.get(mail.kind());
        if (preparation != null) {
            return preparation.prepare(customer, mail.subject(), address);
        }
        return address == null ? new MailPreparation.NoRecipient() : new Prepared(address, null, Map.of());
    }

    private static final String ADDRESS = """
            select coalesce((select r.address from billing.registrations r where r.customer = :customer),
                            (select c.email from billing.customers c where c.id = :customer and not c.deleted))
            """;

    private @Nullable String address(String customer) {
        return jdbc.sql(ADDRESS)
                .param("customer", customer)
                .query((row, n) -> Optional.ofNullable(row.getString(1)))
                .single()
                .orElse(null);
    }
}
