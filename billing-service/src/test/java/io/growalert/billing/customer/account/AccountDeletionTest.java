package io.growalert.billing.customer.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Running.Answer;
import io.growalert.billing.customer.Subscriber;
import io.growalert.billing.customer.idempotency.CustomerLock;
import io.growalert.billing.customer.plan.PlanScene;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** A customer exports and deletes the account. */
class AccountDeletionTest {
    @RegisterExtension
    private static final PlanScene SCENE = new PlanScene();

    private static JsonNode account(Subscriber customer) {
        var answer = SCENE.billing().get("/account", customer.cookie());
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
        return answer.json();
    }

    /** The renewal was declined. */
    private static Subscriber pastDue() {
        var customer = SCENE.subscribed("basic");
        SCENE.payBy(customer, "pm_card_chargeCustomerFail");
        SCENE.offset(Duration.ofDays(32));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> customer.statuses().getFirst().equals("past_due"));
        return customer;
    }

    @Test
    void a_customers_data_is_exported_without_secrets() {
        var customer = SCENE.subscribed("basic");
        SCENE.preview(customer, "premium");
        SCENE.billing()
                .database
                .jdbc()
                .sql("insert into billing.sign_in_links values ('\\x01', :customer, now())")
                .param("customer", customer.id())
                .update();
        var other = SCENE.subscribed("basic");

        var answer = SCENE.billing().get("/account/export", customer.cookie());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Disposition")).contains("attachment");
        assertThat(answer.json()
                        .path("data")
                        .path("registrations")
                        .path(0)
                        .path("address")
                        .asString())
                .startsWith("grower-");
        assertThat(answer.json().path("data").path("plan_previews").size()).isOne();
        assertThat(answer.json().path("data").propertyNames())
                .contains("invoices", "subscription_items", "mails", "shipping_addresses", "email_changes")
                .doesNotContain("requests", "sign_in_links", "stripe_events");
        assertThat(answer.response().body()).doesNotContain(other.id());
    }

    private static Answer delete(Subscriber customer, String json) {
        return SCENE.billing()
                .send(SCENE.billing()
                        .request("/account", customer.cookie())
                        .header("Content-Type", "application/json")
                        .method("DELETE", BodyPublishers.ofString(json)));
    }

    @Test
    void an_account_is_deleted_at_stripe_and_here_and_its_sessions_end() {
        var customer = SCENE.subscribed("basic");
        paidOrder("ord_delivered", customer);
        SCENE.billing()
                .database
                .jdbc()
                .sql("insert into billing.shipments (order_id, shipped_at) values ('ord_delivered', null)")
                .update();
        assertThat(delete(customer, "{}").code()).isEqualTo("invalid_field");
        assertThat(delete(customer, "{\"confirm\": \"yes\"}").code()).isEqualTo("invalid_field");

        var deleted = delete(customer, "{\"confirm\": \"delete\"}");

        assertThat(deleted.status()).as("%s", deleted.json()).isEqualTo(204);
        assertThat(deleted.cookie()).isEmpty();
        assertThat(SCENE.billing()
                        .stripe("GET", "/v1/customers/" + customer.id(), "")
                        .path("deleted")
                        .asBoolean())
                .isTrue();
        assertThat(SCENE.billing().get("/account", customer.cookie()).code()).isEqualTo("session_invalid");
        assertThat(SCENE.billing().dump("scheduled_tasks")).doesNotContain("grower-" + email(customer));
    }

    private static String email(Subscriber customer) {
        return customer.id() + "@";
    }

    @Test
    void an_interrupted_deletion_is_finished_by_the_next_request() {
        var customer = SCENE.subscribed("basic");
        SCENE.billing()
                .stripe
                .faults()
                .add(new Fault.ErrorBefore(), When.ALWAYS.on("DELETE", "/v1/customers/" + customer.id()));
        assertThat(delete(customer, "{\"confirm\": \"delete\"}").code()).isEqualTo("stripe_unavailable");
        assertThat(customer.statuses()).containsExactly("canceled");
        SCENE.billing().stripe.faults().clear();

        assertThat(delete(customer, "{\"confirm\": \"delete\"}").status()).isEqualTo(204);
    }

    private static void paidOrder(String id, Subscriber customer) {
        SCENE.billing()
                .database
                .jdbc()
                .sql("""
                        insert into billing.device_orders
                               (id, customer, payment, status, quantity, currency, unit_amount, amount, created_at)
                        values (:id, :customer, 'pi_' || :id, 'paid', 1, 'eur', 1, 1, now())
                        """)
                .param("id", id)
                .param("customer", customer.id())
                .update();
    }

    @Test
    void an_account_with_something_open_is_not_deleted() {
        var customer = pastDue();
        var invoice = account(customer).path("openInvoice").path("id");
        SCENE.offset(Duration.ZERO);
        var ordered = SCENE.subscribed("basic");
        paidOrder("ord_open", ordered);

        var refused = delete(customer, "{\"confirm\": \"delete\"}");

        assertThat(refused.code()).isEqualTo("open_invoice");
        assertThat(refused.json().path("invoices").path(0).path("id")).isEqualTo(invoice);
        var open = delete(ordered, "{\"confirm\": \"delete\"}");
        assertThat(open.code()).isEqualTo("open_order");
        assertThat(open.json().path("orders").path(0).asString()).isEqualTo("ord_open");
        assertThat(ordered.statuses()).containsExactly("active");
    }

    private static Answer charge(Subscriber customer, String card) {
        return SCENE.billing().post("/charge", customer.cookie(), """
                {"token": "%s", "quantity": 1, "shipping": {"name": "Ann", "line1": "1 Nathan Road", "city": "Kowloon",
                 "country": "HK"}}""".formatted(
                        SCENE.billing().token(card)));
    }

    /** The sandbox of this test sends no events: they are late. */
    @Test
    void an_account_with_a_paid_order_whose_event_is_late_is_not_deleted() {
        var customer = SCENE.subscribed("basic");
        var paid = charge(customer, "4242424242424242");

        var refused = delete(customer, "{\"confirm\": \"delete\"}");

        assertThat(paid.status()).isEqualTo(200);
        assertThat(refused.code()).isEqualTo("open_order");
        assertThat(refused.json().path("orders").path(0))
                .isEqualTo(paid.json().path("metadata").path("growalert_order"));
        assertThat(customer.statuses()).containsExactly("active");
    }

    @Test
    void a_payment_that_waits_for_the_bank_cannot_be_confirmed_after_the_account_is_deleted() {
        var customer = Subscriber.of(SCENE.billing());
        var waiting = charge(customer, "4000002760003184")
                .json()
                .path("paymentIntentId")
                .asString();

        var deleted = delete(customer, "{\"confirm\": \"delete\"}");
        SCENE.billing().stripe("POST", "/sandbox/payment_intents/%s/authenticate".formatted(waiting), "success=true");

        assertThat(deleted.status()).as("%s", deleted.json()).isEqualTo(204);
        assertThat(SCENE.billing().payments(customer.cookie())).containsExactly("canceled");
        assertThat(SCENE.billing().charged(customer.cookie())).isEmpty();
    }

    @Test
    void an_account_is_not_deleted_while_an_order_is_charged_nor_charged_while_it_is_deleted() throws Exception {
        var customer = Subscriber.of(SCENE.billing());
        CompletableFuture<Answer> charging;
        Answer during;
        try (var blocking = SCENE.billing().database.dataSource().getConnection();
                var lock = blocking.createStatement()) {
            blocking.setAutoCommit(false);
            lock.execute("lock table billing.shipping_addresses in exclusive mode");
            charging = CompletableFuture.supplyAsync(() -> charge(customer, "4242424242424242"));
            await().atMost(Duration.ofSeconds(60)).until(() -> requestsOf(customer) == 1);
            during = delete(customer, "{\"confirm\": \"delete\"}");
            blocking.rollback();
        }
        var charged = charging.join();
        var deletion = SCENE.billing().bean(CustomerLock.class).take(customer.id());
        var refused = charge(customer, "4242424242424242");
        deletion.forget();

        assertThat(during.code()).isEqualTo("change_in_progress");
        assertThat(charged.status()).isEqualTo(200);
        assertThat(refused.code()).isEqualTo("request_in_flight");
        assertThat(SCENE.billing().charged(customer.cookie())).hasSize(1);
    }

    @Test
    void no_subscription_starts_while_the_account_is_deleted() {
        var customer = Subscriber.of(SCENE.billing());
        var deletion = SCENE.billing().bean(CustomerLock.class).take(customer.id());

        var refused = customer.subscribe(SCENE.price("basic"));
        var statuses = customer.statuses();
        deletion.forget();

        assertThat(refused.code()).isEqualTo("request_in_flight");
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(statuses).isEmpty();
        assertThat(customer.subscribe(SCENE.price("basic")).status()).isEqualTo(200);
    }

    private static long requestsOf(Subscriber customer) {
        return SCENE.billing()
                .database
                .jdbc()
                .sql("select count(*) from billing.requests where customer = :customer")
                .param("customer", customer.id())
                .query(Long.class)
                .single();
    }

    @Test
    void a_page_of_another_site_deletes_nothing() {
        var customer = SCENE.subscribed("basic");

        var refused = SCENE.billing()
                .send(SCENE.billing()
                        .request("/account", customer.cookie())
                        .header("Content-Type", "application/json")
                        .header("Origin", "https://evil.example.com")
                        .method("DELETE", BodyPublishers.ofString("{\"confirm\": \"delete\"}")));

        assertThat(refused.code()).isEqualTo("origin_refused");
        assertThat(Running.customerIn(customer.cookie())).isEqualTo(customer.id());
        assertThat(List.of(account(customer).path("subscription").path("status").asString()))
                .containsExactly("active");
    }
}
