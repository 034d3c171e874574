package io.growalert.billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Queued mails are sent to a real mail server. */
class MailRelayTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Map<String, String> REFUND = Map.of("amount", "500", "currency", "eur");

    private final MailScene scene = new MailScene();
    private final GreenMail server = MailScene.mailServer(0);

    @AfterEach
    void close() {
        scene.close();
        server.stop();
    }

    private MailRelay started(MailPreparation... preparations) {
        if (!server.isRunning()) {
            server.start();
        }
        var relay = scene.relay("127.0.0.1", server.getSmtp().getPort(), preparations);
        relay.start();
        return relay;
    }

    private static List<String> ids(GreenMail server) throws Exception {
        var ids = new ArrayList<String>();
        for (var message : server.getReceivedMessages()) {
            ids.add(message.getMessageID());
        }
        return ids;
    }

    @Test
    void a_fact_is_sent_once_as_text_and_html_to_the_customers_address() throws Exception {
        scene.enqueue(MailKind.REFUNDED, scene.customer(1), "re_1", REFUND);
        scene.enqueue(MailKind.REFUNDED, "cus_1", "re_1", REFUND);
        started();
        await().atMost(LIMIT).until(() -> scene.state("re_1").equals("sent"));
        scene.enqueue(MailKind.REFUNDED, "cus_1", "re_1", REFUND);
        scene.enqueue(MailKind.SHIPPED, "cus_1", "re_1", Map.of("order", "re_1"));
        await().atMost(LIMIT).until(() -> scene.count("state = 'sent'") == 2);

        assertThat(server.getReceivedMessages()).hasSize(2);
        var mail = server.getReceivedMessages()[0];
        assertThat(List.of(mail.getAllRecipients())).hasToString("[1@example.com]");
        assertThat(List.of(mail.getFrom())).hasToString("[Leafwatch <billing@grow.example.com>]");
        assertThat(mail.getSubject()).isEqualTo("Your refund from Leafwatch");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getMessageID()).matches("<[0-9a-f]{32}\\.0@grow\\.example\\.com>");
        assertThat(ReceivedMail.text(mail)).contains("We refunded 5.00 EUR");
        assertThat(ReceivedMail.html(mail)).contains("<strong>5.00 EUR</strong>", "#1a4fd6");
        assertThat(ids(server)).doesNotHaveDuplicates();
        assertThat(scene.outcomes(MailKind.REFUNDED, "sent")).isEqualTo(1);
    }

    @Test
    void a_fact_that_is_rolled_back_leaves_no_mail() {
        scene.database.transaction().executeWithoutResult(status -> {
            scene.mails.enqueue(MailKind.SHIPPED, "cus_1", "ord_1", Map.of());
            status.setRollbackOnly();
        });

        assertThat(scene.count("true")).isZero();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_mail_is_retried_until_the_server_recovers_and_the_log_names_no_address(CapturedOutput log)
            throws IOException {
        int port = MailScene.freePort();
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of("order", "ord_1"));
        scene.relay("127.0.0.1", port).start();
        await().atMost(LIMIT).until(() -> scene.outcomes(MailKind.SHIPPED, "retried") > 0);
        assertThat(scene.state("ord_1")).startsWith("queued: mail server unavailable: ");

        var late = MailScene.mailServer(port);
        try {
            late.start();
            await().atMost(LIMIT).until(() -> scene.state("ord_1").equals("sent"));
            assertThat(late.getReceivedMessages()).hasSize(1);
        } finally {
            late.stop();
        }
        assertThat(log).contains("Sending a mail failed; retrying", "cus_1").doesNotContain("1@example.com");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_rejected_or_malformed_recipient_is_parked_at_once(CapturedOutput log) throws IOException {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of());
        scene.enqueue(MailKind.SHIPPED, scene.customer(2), "ord_2", Map.of());
        scene.jdbc
                .sql("update billing.registrations set address = 'a@b@c d' where customer = 'cus_2'")
                .update();
        try (var rejecting = MailScene.rejectingServer()) {
            scene.relay("127.0.0.1", rejecting.getLocalPort()).start();
            await().atMost(LIMIT).until(() -> scene.count("state = 'parked'") == 2);
        }

        assertThat(scene.state("ord_1")).startsWith("parked: recipient rejected: ");
        assertThat(scene.state("ord_2")).isEqualTo("parked: recipient rejected: AddressException");
        assertThat(scene.count("attempts = 1")).isEqualTo(2);
        assertThat(log).doesNotContain("1@example.com", "a@b@c");
        assertThat(MailHealth.status(scene.table.backlog()).getCode()).isEqualTo("DEGRADED");
    }

    @Test
    void a_mail_of_an_instance_that_died_is_sent_when_its_lease_expires_and_its_outcome_is_discarded() {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of());
        var dead = scene.table.claim(4, Duration.ofMinutes(5)).getFirst();
        assertThat(scene.table.claim(4, Duration.ofMinutes(5))).isEmpty();
        scene.jdbc.sql("update billing.mails set due_at = clock_timestamp()").update();

        started();
        await().atMost(LIMIT).until(() -> scene.state("ord_1").equals("sent"));

        assertThat(scene.table.retry(dead, Duration.ZERO, "late")).isFalse();
        assertThat(scene.table.finish(dead, "parked", "late")).isFalse();
        assertThat(scene.state("ord_1")).isEqualTo("sent");
        assertThat(server.getReceivedMessages()).hasSize(1);
    }

    @Test
    void only_a_mail_that_this_instance_claimed_last_is_leased_longer() {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_1", Map.of());
        var lost = scene.table.claim(4, Duration.ZERO);
        var claimed = scene.table.claim(4, Duration.ZERO);

        scene.table.renew(lost, Duration.ofMinutes(5));
        assertThat(scene.count("due_at > clock_timestamp()")).isZero();
        scene.table.renew(claimed, Duration.ofMinutes(5));
        assertThat(scene.table.claim(4, Duration.ZERO)).isEmpty();
    }

    @Test
    void several_instances_send_each_mail_once() throws Exception {
        var customer = scene.customer(1);
        for (int i = 0; i < 40; i++) {
            scene.enqueue(MailKind.SHIPPED, customer, "ord_" + i, Map.of());
        }
        started();
        started();
        await().atMost(LIMIT).until(() -> scene.count("state = 'sent'") == 40);

        assertThat(ids(server)).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    void without_a_mail_server_facts_wait_for_two_days_and_links_for_fifteen_minutes() {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_new", Map.of());
        scene.enqueue(MailKind.SHIPPED, "cus_1", "ord_old", Map.of());
        scene.enqueue(MailKind.SIGN_IN, "cus_1", "link_old", Map.of());
        age("ord_new", "47 hours");
        age("ord_old", "49 hours");
        age("link_old", "16 minutes");
        scene.relay("", 25).start();

        await().atMost(LIMIT).until(() -> scene.count("state = 'discarded'") == 2);
        assertThat(scene.state("ord_new")).isEqualTo("queued");
        assertThat(scene.state("ord_old")).isEqualTo("discarded: not sent within 2 days: no mail server is configured");
        assertThat(scene.state("link_old")).startsWith("discarded: not sent within 15 minutes: ");
        assertThat(scene.outcomes(MailKind.SHIPPED, "discarded")).isEqualTo(1);
        assertThat(MailHealth.status(scene.table.backlog()).getCode()).isEqualTo("UP");
    }

    @Test
    void a_mail_that_was_never_attempted_in_time_is_parked_and_degrades_health_for_a_week() throws IOException {
        scene.enqueue(MailKind.SHIPPED, scene.customer(1), "ord_old", Map.of());
        scene.enqueue(MailKind.SIGN_IN, "cus_1", "link_old", Map.of());
        age("ord_old", "49 hours");
        age("link_old", "16 minutes");
        scene.relay("127.0.0.1", MailScene.freePort()).start();

        await().atMost(LIMIT).until(() -> scene.count("state = 'parked'") == 2);
        assertThat(scene.state("ord_old")).startsWith("parked: not sent within 2 days: ");
        assertThat(scene.table.backlog().parked()).as("without links").isEqualTo(1);
        scene.jdbc
                .sql("update billing.mails set done_at = done_at - interval '8 days'")
                .update();
        assertThat(MailHealth.status(scene.table.backlog()).getCode()).isEqualTo("UP");
    }

    private void age(String subject, String age) {
        scene.jdbc
                .sql("update billing.mails set queued_at = clock_timestamp() - :age::interval where subject = :subject")
                .param("age", age)
                .param("subject", subject)
                .update();
    }

    @Test
    void a_mail_without_a_recipient_is_discarded() {
        scene.enqueue(MailKind.SHIPPED, "cus_gone", "ord_1", Map.of());
        started();

        await().atMost(LIMIT).until(() -> scene.state("ord_1").equals("discarded: no address"));
        assertThat(scene.outcomes(MailKind.SHIPPED, "unknown")).isEqualTo(1);
    }

    @Test
    void a_mail_that_a_later_fact_superseded_is_discarded() {
        var customer = scene.customer(1);
        scene.jdbc.sql("""
                insert into billing.invoices (id, customer, subscription, status, currency, amount_due, amount_paid, amount_remaining,
                                              total, attempt_count, created_at)
                select id, 'cus_1', subscription, status, 'eur', 1, 0, 1, 1, 1, now()
                from (values ('in_paid', 'sub_run', 'paid'), ('in_open', 'sub_run', 'open'), ('in_void', 'sub_never', 'void'))
                     as i (id, subscription, status)
                """).update();
        scene.jdbc.sql("""
                insert into billing.subscriptions (id, customer, status, currency, cancel_at_period_end, ended_at, created_at)
                values ('sub_run', 'cus_1', 'active', 'eur', false, null, now()), ('sub_never', 'cus_1', 'canceled', 'eur', false, now(), now())
                """).update();
        scene.jdbc.sql("""
                insert into billing.entitlements (customer, version, as_of, status, entitled)
                values ('cus_1', 2, now(), 'active', true)
                """).update();
        scene.jdbc.sql("""
                insert into billing.device_orders (id, customer, payment, status, quantity, currency, unit_amount, amount, created_at)
                values ('ord_known', 'cus_1', 'pi_1', 'paid', 1, 'eur', 1, 1, now()),
                       ('ord_missing', 'cus_1', 'pi_2', 'paid', 1, 'eur', 1, 1, now())
                """).update();
        scene.jdbc.sql("""
                insert into billing.shipping_addresses (order_id, customer, name, line1, city, country)
                values ('ord_known', 'cus_1', 'Ann', '1 Nathan Road', 'Kowloon', 'HK')
                """).update();
        scene.enqueue(MailKind.ADDRESS_MISSING, customer, "ord_known", Map.of("order", "ord_known"));
        scene.enqueue(MailKind.ADDRESS_MISSING, customer, "ord_missing", Map.of("order", "ord_missing"));
        scene.enqueue(MailKind.MONITORS_PAUSE, customer, "resubscribed", Map.of("pausesAt", "2026-12-01T09:00:00Z"));
        scene.enqueue(MailKind.PAYMENT_FAILED, customer, "in_paid:1", Map.of("invoice", "in_paid"));
        scene.enqueue(MailKind.PAYMENT_FAILED, customer, "in_open:1", Map.of("invoice", "in_open"));
        scene.enqueue(MailKind.PAYMENT_FAILED, customer, "in_open:2", Map.of("invoice", "in_open"));
        scene.enqueue(MailKind.ACTION_NEEDED, customer, "in_open:2", Map.of("invoice", "in_open"));
        scene.enqueue(MailKind.TRIAL_ENDING, customer, "trial", Map.of("subscription", "sub_run"));
        scene.enqueue(MailKind.CANCELED, customer, "resumed", Map.of("subscription", "sub_run", "scheduled", "true"));
        scene.enqueue(MailKind.CANCELED, customer, "never", Map.of("subscription", "sub_never"));
        scene.enqueue(MailKind.CANCELED, customer, "ended", Map.of("subscription", "sub_run"));
        scene.jdbc.sql("update billing.mails set due_at = clock_timestamp()").update();
        started();

        await().atMost(LIMIT).until(() -> scene.count("state = 'queued'") == 0);
        assertThat(scene.jdbc
                        .sql("select concat_ws(' ', kind, subject) from billing.mails where state = 'sent' order by 1")
                        .query(String.class)
                        .list())
                .containsExactly(
                        "action_needed in_open:2",
                        "address_missing ord_missing",
                        "canceled ended",
                        "payment_failed in_open:1");
        assertThat(scene.state("ord_known")).isEqualTo("discarded: the order has an address, or needs none any more");
        assertThat(scene.state("in_paid:1")).isEqualTo("discarded: the invoice is not open any more");
        assertThat(server.getReceivedMessages()).hasSize(4);
    }

    @Test
    void a_failed_payment_waits_for_the_event_that_the_bank_must_confirm_it() {
        scene.enqueue(MailKind.PAYMENT_FAILED, "cus_1", "in_1:1", Map.of());
        scene.enqueue(MailKind.ACTION_NEEDED, "cus_1", "in_1:1", Map.of());

        assertThat(scene.table.claim(4, Duration.ofMinutes(5)))
                .extracting(QueuedMail::kind)
                .containsExactly(MailKind.ACTION_NEEDED);
    }

    @Test
    void a_link_is_made_for_each_attempt_and_never_stored() throws IOException {
        var made = new AtomicInteger();
        var links = new MailScene.Links(() -> "secret" + made.incrementAndGet());
        scene.enqueue(MailKind.EMAIL_CHANGE, scene.customer(1), "change_1", Map.of());
        var failing = scene.relay("127.0.0.1", MailScene.freePort(), links);
        failing.start();
        await().atMost(LIMIT).until(() -> scene.outcomes(MailKind.EMAIL_CHANGE, "retried") > 0);
        failing.stop();
        started(links);
        await().atMost(LIMIT).until(() -> scene.state("change_1").equals("sent"));

        var mail = server.getReceivedMessages()[0];
        assertThat(ReceivedMail.text(mail))
                .contains("https://grow.example.com/email-confirm.html#token=secret" + made.get());
        assertThat(scene.jdbc
                        .sql("select string_agg(m::text, ' ') from billing.mails m")
                        .query(String.class)
                        .single())
                .doesNotContain("secret", "example.com");
    }

    @Test
    void pauses_grow_to_an_hour() {
        assertThat(MailRelay.pause(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(MailRelay.pause(3)).isEqualTo(Duration.ofSeconds(20));
        assertThat(MailRelay.pause(7)).isEqualTo(Duration.ofHours(1));
        assertThat(MailRelay.pause(99)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void ended_mails_are_deleted_after_the_retention() {
        scene.enqueue(MailKind.SHIPPED, "cus_1", "ord_1", Map.of());
        scene.enqueue(MailKind.SHIPPED, "cus_1", "ord_2", Map.of());
        scene.jdbc
                .sql(
                        "update billing.mails set state = 'sent', done_at = now() - interval '91 days' where subject = 'ord_1'")
                .update();

        assertThat(scene.table.deleteOld(Duration.ofDays(90), 100)).isEqualTo(1);
        assertThat(scene.count("subject = 'ord_2'")).isEqualTo(1);
    }
}
