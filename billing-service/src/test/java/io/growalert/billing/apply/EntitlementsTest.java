package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.events.Entitlement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the applied events allow a customer. */
class EntitlementsTest {
    private final long yesterday = Instant.now().getEpochSecond() - 86_400;
    private final Instant periodEnd = Instant.ofEpochSecond(yesterday + 2_592_000);

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);

    @BeforeEach
    void register() {
        bench.store(stripe.emit("customer.created", yesterday, """
                {'id': 'cus_1', 'object': 'customer', 'email': 'jo@example.com', 'currency': 'usd', 'balance': 0,
                 'delinquent': false, 'created': %d, 'metadata': {'growalert_request': 'r'}}
                """.formatted(yesterday)));
        bench.settle();
    }

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    @Test
    void each_change_of_a_subscription_is_published_once() {
        emit("customer.subscription.created", 0, "incomplete", "");
        emit("customer.subscription.updated", 1, "active", "");
        emit("customer.subscription.updated", 2, "active", "'metadata': {'color': 'green'},");
        emit("customer.subscription.updated", 3, "past_due", "");
        emit("customer.subscription.deleted", 4, "canceled", "'ended_at': %d,".formatted(yesterday + 4));
        for (var event : stripe.events()) {
            bench.store(event);
            bench.settle();
        }

        assertThat(bench.entitlements())
                .containsExactly(
                        entitlement(1, 0, "incomplete", false, at(0)),
                        entitlement(2, 1, "active", true, periodEnd),
                        entitlement(3, 3, "past_due", true, periodEnd),
                        entitlement(4, 4, "canceled", false, at(4)));
        bench.store(stripe.events());
        bench.settle();
        assertThat(bench.entitlements()).hasSize(4);
        bench.assertThatTheOutboxMatchesTheRecords();
    }

    @Test
    void a_subscription_that_is_unpaid_again_has_its_grace_again_in_whatever_order_the_events_arrive() {
        int month = 3_600;
        emit("customer.subscription.created", 0, "active", "");
        emit("customer.subscription.updated", 1, "unpaid", "");
        var paid = invoicePaid(2);
        var active = emit("customer.subscription.updated", 2, "active", "");
        var unpaid = emit("customer.subscription.updated", month, "unpaid", "");

        stripe.events().subList(0, stripe.events().size() - 3).forEach(bench::store);
        bench.settle();
        for (var event : List.of(unpaid, paid, active)) {
            bench.store(event);
            bench.settle();
        }

        var last = bench.entitlements().getLast();
        assertThat(last).isEqualTo(entitlement(last.version(), month, "unpaid", false, at(month)));
    }

    private FakeStripe.SentEvent invoicePaid(int after) {
        return stripe.emit("invoice.paid", yesterday + after, """
                {'id': 'in_1', 'object': 'invoice', 'customer': 'cus_1', 'status': 'paid', 'currency': 'usd', 'amount_due': 2000,
                 'amount_paid': 2000, 'amount_remaining': 0, 'total': 2000, 'number': 'N-1', 'created': %d,
                 'parent': {'subscription_details': {'subscription': 'sub_1'}}, 'status_transitions': {'paid_at': %d}}
                """.formatted(yesterday, yesterday + after));
    }

    @Test
    void a_deleted_customer_is_not_entitled_also_when_the_subscription_is_reported_later() {
        emit("customer.subscription.created", 0, "active", "");
        bench.store(stripe.events());
        bench.settle();
        bench.store(
                stripe.emit("customer.deleted", yesterday + 5, "{'id': 'cus_1', 'object': 'customer', 'balance': 0}"));
        bench.settle();
        bench.store(emit("customer.subscription.deleted", 5, "canceled", "'ended_at': %d,".formatted(yesterday + 5)));
        bench.settle();

        assertThat(bench.entitlements())
                .containsExactly(
                        entitlement(1, 0, "active", true, periodEnd),
                        entitlement(2, 5, Entitlement.DELETED, false, at(5)));
    }

    @Test
    void erasing_a_customer_ends_the_entitlement() {
        emit("customer.subscription.created", 0, "active", "");
        bench.store(stripe.events());
        bench.settle();

        bench.recorder.erase("cus_1", at(9));

        assertThat(bench.entitlements().getLast()).isEqualTo(entitlement(2, 9, Entitlement.DELETED, false, at(9)));
        bench.assertThatTheOutboxHasTheEntitlements();
    }

    @Test
    void the_change_and_its_entitlement_commit_together() {
        var created = emit("customer.subscription.created", 0, "active", "");
        bench.store(created);
        bench.jdbc.sql("""
                        create function billing.refuse() returns trigger language plpgsql as
                        'begin raise exception ''no entitlement''; end'
                        """).update();
        bench.jdbc.sql("""
                        create trigger refuse before insert on billing.outbox for each row
                        when (new.type = 'entitlement.changed') execute function billing.refuse()
                        """).update();

        assertThatThrownBy(() -> bench.applier.apply(10)).hasMessageContaining("no entitlement");

        assertThat(bench.count("select count(*) from billing.subscriptions")).isZero();
        assertThat(bench.count("select count(*) from billing.outbox where type <> 'customer.created'"))
                .isZero();
        bench.jdbc.sql("drop trigger refuse on billing.outbox").update();
        bench.settle();
        assertThat(bench.entitlements()).hasSize(1);
    }

    private FakeStripe.SentEvent emit(String type, int after, String status, String more) {
        return stripe.emit(type, yesterday + after, """
                {'id': 'sub_1', 'object': 'subscription', 'customer': 'cus_1', 'status': '%s', 'currency': 'usd', %s
                 'created': %d, 'latest_invoice': 'in_1', 'items': {'data': [
                   {'id': 'si_1', 'quantity': 1, 'current_period_start': %3$d, 'current_period_end': %d,
                    'price': {'id': 'price_1', 'product': 'prod_1', 'unit_amount': 2000}}]}}
                """.formatted(status, more, yesterday, periodEnd.getEpochSecond()));
    }

    private Instant at(int after) {
        return Instant.ofEpochSecond(yesterday + after);
    }

    private Entitlement entitlement(long version, int asOf, String status, boolean entitled, Instant until) {
        return new Entitlement("cus_1", version, at(asOf), status, entitled, until);
    }
}
