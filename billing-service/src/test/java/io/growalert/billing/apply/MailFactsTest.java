package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events become mails: once for each fact, in whatever order and however often they are applied. */
class MailFactsTest {
    private static final List<String> OF_ONE =
            List.of("canceled sub_1", "receipt in_1", "receipt order_1", "refunded re_1");

    private final long yesterday = Instant.now().getEpochSecond() - 86_400;
    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    private List<String> mails(int customer) {
        return bench.jdbc
                .sql("select concat_ws(' ', kind, subject) from billing.mails where customer = :customer order by 1")
                .param("customer", "cus_" + customer)
                .query(String.class)
                .list();
    }

    @Test
    void any_order_and_repetition_of_events_gives_the_same_mails() {
        for (int n = 1; n <= 4; n++) {
            new Story(stripe, n, yesterday).emitAll(false);
        }
        var events = new ArrayList<>(stripe.events());
        Collections.shuffle(events, new Random(14));

        // one after another, and in batches
        for (var event : events.subList(0, events.size() / 2)) {
            bench.store(event);
            bench.task.round();
        }
        bench.store(events);
        bench.settle();
        bench.passTime();
        bench.settle();
        replayAll();

        for (int n = 1; n <= 4; n++) {
            var number = n;
            // an order that was refunded before its payment arrived never asks for an address; the sender drops the
            // question
            assertThat(mails(n).stream().filter(mail -> !mail.startsWith("address_missing")))
                    .containsExactlyElementsOf(OF_ONE.stream()
                            .map(mail -> mail.replace("_1", "_" + number))
                            .toList());
        }
        assertThat(bench.count("select count(*) from billing.mails where kind <> 'address_missing'"))
                .as("a guest has none")
                .isEqualTo(16);
        assertThat(bench.text("select string_agg(m::text, ' ') from billing.mails m"))
                .doesNotContain("example.com");
    }

    private void replayAll() {
        bench.jdbc
                .sql("update billing.stripe_events set state = 'received', attempts = 0, due_at = clock_timestamp()")
                .update();
        bench.settle();
    }

    @Test
    void old_events_notify_no_customer() {
        new Story(stripe, 1, yesterday - 3 * 86_400).emitAll(false);
        bench.store(stripe.events());
        bench.settle();

        assertThat(bench.count("select count(*) from billing.subscriptions")).isEqualTo(1);
        assertThat(bench.count("select count(*) from billing.mails")).isZero();
    }

    @Test
    void a_deleted_customer_has_no_mails_not_even_of_events_that_arrive_later() {
        new Story(stripe, 1, yesterday).emitAll(false);
        bench.store(stripe.events());
        bench.settle();
        assertThat(mails(1)).isNotEmpty();

        bench.store(stripe.emit(
                "customer.deleted",
                yesterday + 100,
                Story.customer("cus_%d", "Jo", 7).formatted(1, yesterday)));
        bench.settle();
        assertThat(mails(1)).isEmpty();
        bench.store(stripe.emit("refund.updated", yesterday + 110, """
                {'id': 're_1', 'object': 'refund', 'charge': 'ch_1_order', 'status': 'succeeded', 'currency': 'usd', 'amount': 500,
                 'created': %d, 'reason': 'duplicate'}
                """.formatted(yesterday)));
        bench.settle();

        assertThat(mails(1)).isEmpty();
    }

    @Test
    void an_event_with_a_malformed_fact_is_applied_without_a_mail() {
        new Story(stripe, 1, yesterday).subscribes();
        var bad = stripe.emit("invoice.payment_failed", yesterday + 60, """
                {'id': 'in_1', 'object': 'invoice', 'customer': 'cus_1', 'status': 'open', 'currency': 'usd', 'amount_due': 2000,
                 'amount_paid': 0, 'total': 2000, 'created': %d, 'next_payment_attempt': 'tomorrow',
                 'parent': {'subscription_details': {'subscription': 'sub_1'}}}
                """.formatted(yesterday));
        bench.store(stripe.events());
        bench.settle();

        assertThat(bench.state(bad)).isEqualTo("applied");
        assertThat(mails(1)).containsExactly("receipt in_1");
    }
}
