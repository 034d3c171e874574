package io.growalert.billing.mail;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.growalert.billing.TestDatabase;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.definitions.Secret;
import io.growalert.runtime.brand.Brand;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Billing's tables, and relays that send to any mail server of this machine. */
final class MailScene implements AutoCloseable {
    final TestDatabase database = TestDatabase.migrated();
    final JdbcClient jdbc = database.jdbc();
    final Mails mails = new Mails(jdbc);
    final MailTable table = new MailTable(jdbc);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MailMetrics metrics = new MailMetrics(meters);
    private final List<MailRelay> relays = new ArrayList<>();

    static int freePort() throws IOException {
        try (var free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    static GreenMail mailServer(int port) {
        return new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    }

    /** Rejects every recipient; the reply quotes the address. */
    static ServerSocket rejectingServer() throws IOException {
        var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (var client = server.accept()) {
                    reject(client);
                } catch (IOException e) {
                    // closed by either side
                }
            }
        });
        return server;
    }

    private static void reject(Socket client) throws IOException {
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
        reply(client, "220 scripted");
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            reply(client, line.startsWith("RCPT TO:") ? "550 no such user " + line.substring(8) : "250 ok");
            if (line.equals("QUIT")) {
                return;
            }
        }
    }

    private static void reply(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\r\n").getBytes(US_ASCII));
    }

    /** The links of changes of an address. */
    record Links(Supplier<String> token) implements MailPreparation {
        @Override
        public Set<MailKind> kinds() {
            return Set.of(MailKind.EMAIL_CHANGE);
        }

        @Override
        public PreparedMail prepare(String customer, String subject, @Nullable String address) {
            return new Prepared("new@example.com", "/email-confirm.html#token=" + token.get(), Map.of());
        }
    }

    static CustomerSettings.Mail settings(String host, int port, String from) {
        return new CustomerSettings.Mail(
                host,
                null,
                port,
                "",
                new Secret(""),
                CustomerSettings.Mail.Security.NONE,
                from,
                URI.create("https://grow.example.com"),
                "/register.html");
    }

    /** A relay that is not started. An empty host: no mail server is configured. */
    MailRelay relay(String host, int port, MailPreparation... preparations) {
        var settings = settings(host, port, "Leafwatch <billing@grow.example.com>");
        var transport = new MailTransport(settings);
        var brand = new Brand("Leafwatch", "#1a4fd6", null, "", "", "", "");
        var messages = new MailMessages(MailTemplates.load(null), brand, settings, InstantSource.system());
        var attempt = new MailAttempt(jdbc, List.of(preparations), messages, transport);
        var relay = new MailRelay(mails, table, attempt, transport, metrics);
        relays.add(relay);
        return relay;
    }

    /** A customer with the address {@code NUMBER@example.com}. */
    String customer(int number) {
        var id = "cus_" + number;
        jdbc.sql("insert into billing.registrations (customer, address) values (:id, :address)")
                .param("id", id)
                .param("address", number + "@example.com")
                .update();
        return id;
    }

    void enqueue(MailKind kind, String customer, String subject, Map<String, String> values) {
        database.transaction().executeWithoutResult(_ -> mails.enqueue(kind, customer, subject, values));
    }

    /** The state and the error of a mail. */
    String state(String subject) {
        return jdbc.sql("select concat_ws(': ', state, error) from billing.mails where subject = :subject")
                .param("subject", subject)
                .query(String.class)
                .single();
    }

    long count(String condition) {
        return jdbc.sql("select count(*) from billing.mails where " + condition)
                .query(Long.class)
                .single();
    }

    double outcomes(MailKind kind, String outcome) {
        return meters.get("growalert.billing.mails")
                .tag("kind", kind.text())
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    @Override
    public void close() {
        relays.forEach(MailRelay::stop);
        database.close();
    }
}
