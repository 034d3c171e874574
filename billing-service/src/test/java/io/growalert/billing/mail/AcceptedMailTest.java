package io.growalert.billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.runtime.brand.Brand;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.mail.MailException;

/** A mail that a server accepted is sent once, whatever happens around it. */
class AcceptedMailTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofHours(1);

    private final MailScene scene = new MailScene();

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void an_accepted_mail_is_sent_once_although_the_connection_ends_badly() throws IOException {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of());
        try (var accepting = new ScriptedMailServer(_ -> {}).resettingConnections()) {
            scene.relay("127.0.0.1", accepting.port()).start();
            await().atMost(LIMIT).until(() -> scene.state("ord_1").equals("sent"));

            assertThat(accepting.accepted()).isEqualTo(1);
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void an_accepted_mail_is_sent_once_although_its_outcome_cannot_be_stored_at_first(CapturedOutput log)
            throws IOException {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of());
        try (var accepting = new ScriptedMailServer(
                _ -> scene.jdbc.sql("alter table billing.mails rename to away").update())) {
            scene.relay("127.0.0.1", accepting.port()).start();
            await().atMost(LIMIT).until(() -> log.getOut().contains("outcome"));
            scene.jdbc.sql("alter table billing.away rename to mails").update();
            await().atMost(LIMIT).until(() -> scene.state("ord_1").equals("sent"));

            assertThat(accepting.accepted()).isEqualTo(1);
        }
    }

    @Test
    void a_stop_does_not_interrupt_a_mail_that_the_server_is_about_to_accept() throws Exception {
        var arrived = new CountDownLatch(1);
        var accept = new CountDownLatch(1);
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of());
        try (var slow = new ScriptedMailServer(_ -> {
            arrived.countDown();
            accept.await();
        })) {
            var relay = scene.relay("127.0.0.1", slow.port());
            relay.start();
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
            var stopping = Thread.ofVirtual().start(relay::stop);
            stopping.interrupt();
            stopping.join();
            accept.countDown();

            await().atMost(LIMIT).until(() -> scene.state("ord_1").equals("sent"));
        }
    }

    @Test
    void a_link_does_not_wait_for_the_other_mails() throws Exception {
        var held = new CountDownLatch(1);
        var customer = scene.customer(1);
        for (int i = 0; i < 8; i++) {
            scene.enqueue(MailKind.SHIPPED, customer, "ord_" + i, Map.of());
        }
        try (var slow = new ScriptedMailServer(content -> {
            if (!content.contains("email-confirm")) {
                held.await();
            }
        })) {
            scene.relay("127.0.0.1", slow.port(), new MailScene.Links(() -> "1"))
                    .start();
            await().atMost(LIMIT).until(() -> scene.count("attempts = 1") >= 3);
            scene.enqueue(MailKind.EMAIL_CHANGE, customer, "change_1", Map.of());
            await().atMost(LIMIT).until(() -> scene.state("change_1").equals("sent"));

            assertThat(slow.accepted()).isEqualTo(1);
            held.countDown();
        }
    }

    @Test
    void a_server_has_seconds_to_accept_a_connection_and_for_each_answer_before_the_content() {
        var sending = new MailTransport(MailScene.settings("127.0.0.1", 25, "billing@grow.example.com")).properties();

        assertThat(sending.getProperty("mail.smtp.timeout")).isEqualTo("30000");
        assertThat(sending.getProperty("mail.smtp.connectiontimeout")).isEqualTo("10000");
    }

    @Test
    void the_time_limit_before_the_content_is_not_that_for_accepting_it() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var inspecting = new ScriptedMailServer(_ -> new CountDownLatch(1).await())) {
            assertThat(outcome(silent.getLocalPort(), SHORT, LONG))
                    .succeedsWithin(LIMIT)
                    .isEqualTo("SocketTimeoutException");
            assertThat(outcome(inspecting.port(), LONG, SHORT))
                    .succeedsWithin(LIMIT)
                    .isEqualTo("SocketTimeoutException");
        }
    }

    private static CompletableFuture<String> outcome(int port, Duration answer, Duration acceptance) {
        var transport = new MailTransport(
                MailScene.settings("127.0.0.1", port, "billing@grow.example.com"), answer, acceptance);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        var message = transport.newMessage();
                        message.setRecipients(Message.RecipientType.TO, "1@example.com");
                        message.setText("content");
                        transport.send(message);
                        return "sent";
                    } catch (MessagingException | IOException | MailException e) {
                        return MailTransport.reason(e);
                    }
                },
                command -> Thread.ofVirtual().start(command));
    }

    @Test
    void without_a_configured_sender_mails_are_from_the_brand() throws Exception {
        var messages = new MailMessages(
                MailTemplates.load(null),
                new Brand("Grün & Co", "#1a4fd6", null, "", "", "", ""),
                MailScene.settings("127.0.0.1", 25, ""),
                InstantSource.system());
        var message = new MimeMessage((Session) null);
        var mail = new QueuedMail(1, MailKind.SHIPPED, "ord_1", "cus_1", Map.of(), 1, 0, Instant.EPOCH);

        messages.fill(message, mail, new MailPreparation.Prepared("1@example.com", null, Map.of()));

        assertThat(message.getFrom()).singleElement().isInstanceOfSatisfying(InternetAddress.class, from -> {
            assertThat(from.getPersonal()).isEqualTo("Grün & Co");
            assertThat(from.getAddress()).isEqualTo("growalert@localhost");
        });
    }
}
