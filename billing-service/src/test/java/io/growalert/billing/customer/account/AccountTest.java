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
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a customer sees and does in the account. */
class AccountTest {
    @SuppressWarnings("NullAway.Init")
    private static PlanScene scene;

    @BeforeAll
    static void open() throws IOException {
        scene = PlanScene.open(Map.of());
    }

    @AfterAll
    static void close() {
        scene.close();
    }

    @AfterEach
    void reset() {
        scene.billing.stripe.faults().clear();
        scene.offset(Duration.ZERO);
    }

    private static JsonNode account(Subscriber customer) {
        var answer = scene.billing.get("/account", customer.cookie());
        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void a_customer_without_a_subscription_has_an_account() {
        var customer = Subscriber.of(scene.billing);

        var account = account(customer);

        assertThat(account.path("customer").path("id").asString()).isEqualTo(customer.id());
        assertThat(account.path("customer").path("email").asString()).startsWith("grower-");
        assertThat(account.path("subscription").isNull()).isTrue();
        assertThat(account.path("nextInvoice").isNull()).isTrue();
        assertThat(account.path("paymentMethod").isNull()).isTrue();
        assertThat(account.path("openInvoice").isNull()).isTrue();
        assertThat(account.path("portal").asBoolean()).isFalse();
        assertThat(account.path("prices"))
                .isEqualTo(scene.billing.get("/config", null).json().path("prices"));
    }

    @Test
    void the_account_has_the_grace_of_monitors_only_where_they_are_paused() {
        var customer = Subscriber.of(scene.billing);
        try (var enforcing = scene.billing.beside(Map.of("growalert.entitlements.enforce", true))) {
            assertThat(enforcing
                            .get("/account", customer.cookie())
                            .json()
                            .path("pauseGraceSeconds")
                            .asLong())
                    .isEqualTo(Duration.ofDays(7).toSeconds());
        }
        assertThat(account(customer).path("pauseGraceSeconds").isNull()).isTrue();
    }

    @Test
    void the_account_has_the_plan_the_next_invoice_and_the_card() {
        var customer = scene.subscribed("premium");

        var account = account(customer);

        var plan = account.path("subscription");
        assertThat(plan.path("status").asString()).isEqualTo("active");
        assertThat(plan.path("price").path("lookupKey").asString()).isEqualTo("premium");
        assertThat(plan.path("price").path("name").asString()).isEqualTo("Premium");
        assertThat(plan.path("price").path("amount").asLong()).isEqualTo(1_500);
        assertThat(plan.path("price").path("interval").asString()).isEqualTo("month");
        assertThat(plan.path("pendingChange").isNull()).isTrue();
        assertThat(account.path("nextInvoice").path("amount").asLong()).isEqualTo(1_500);
        assertThat(account.path("nextInvoice").path("at")).isEqualTo(plan.path("currentPeriodEnd"));
        assertThat(account.path("paymentMethod").path("brand").asString()).isEqualTo("visa");
        assertThat(account.path("paymentMethod").path("last4").asString()).isEqualTo("4242");
    }

    @Test
    void a_trial_that_ends_without_a_card_has_no_next_invoice() {
        var customer = Subscriber.of(scene.billing);
        try (var trial = scene.billing.beside(Map.of("growalert.billing.customer.trial-days", 14))) {
            var begun = customer.at(trial).subscribe(scene.price("basic"));
            var without = account(customer);
            customer.at(trial).confirm(begun, "pm_card_visa");

            assertThat(without.path("subscription").path("status").asString()).isEqualTo("trialing");
            assertThat(without.path("nextInvoice").isNull()).isTrue();
        }
        assertThat(account(customer).path("nextInvoice").path("amount").asLong())
                .isEqualTo(500);
    }

    @Test
    void a_scheduled_cancellation_has_no_next_invoice_and_is_revoked_by_the_same_price() {
        var customer = scene.subscribed("basic");
        customer.cancel("period_end");

        var ending = account(customer);
        customer.subscribe(scene.price("basic"));

        assertThat(ending.path("subscription").path("cancelAt"))
                .isEqualTo(ending.path("subscription").path("currentPeriodEnd"));
        assertThat(ending.path("nextInvoice").isNull()).isTrue();
        assertThat(account(customer).path("subscription").path("cancelAt").isNull())
                .isTrue();
    }

    /** The renewal was declined. */
    private static Subscriber pastDue() {
        var customer = scene.subscribed("basic");
        scene.payBy(customer, "pm_card_chargeCustomerFail");
        scene.offset(Duration.ofDays(32));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> customer.statuses().getFirst().equals("past_due"));
        return customer;
    }

    private static Answer pay(Subscriber customer, JsonNode invoice, String... headers) {
        return scene.billing.post(
                "/invoices/%s/pay".formatted(invoice.path("id").asString()), customer.cookie(), "{}", headers);
    }

    @Test
    void an_open_invoice_is_paid_once_by_another_card() {
        var customer = pastDue();
        var open = account(customer).path("openInvoice");
        assertThat(open.path("amount").asLong()).isEqualTo(500);
        assertThat(scene.preview(customer, "premium").code()).isEqualTo("open_invoice");
        assertThat(pay(customer, open).code()).isEqualTo("card_declined");
        assertThat(pay(scene.subscribed("basic"), open).status()).isEqualTo(404);

        scene.payBy(customer, "pm_card_visa");
        scene.billing.stripe.faults().add(new Fault.CutAfter(), When.next(1).on("POST", "/v1/invoices"));
        pay(customer, open);
        var paid = pay(customer, open);

        assertThat(paid.json().path("status").asString()).as("%s", paid.json()).isEqualTo("paid");
        assertThat(pay(customer, open, "Idempotency-Key", "k")
                        .json()
                        .path("status")
                        .asString())
                .isEqualTo("paid");
        assertThat(scene.billing.charged(customer.cookie())).hasSize(2);
        assertThat(account(customer).path("openInvoice").isNull()).isTrue();
        assertThat(customer.statuses()).containsExactly("active");
    }

    @Test
    void an_open_invoice_without_a_subscription_is_paid_by_the_card_of_the_plan() {
        var customer = scene.subscribed("basic");
        scene.billing.stripe(
                "POST", "/v1/invoiceitems", "customer=%s&amount=700&currency=eur".formatted(customer.id()));
        var invoice = scene.billing
                .stripe("POST", "/v1/invoices", "pending_invoice_items_behavior=include&customer=" + customer.id())
                .path("id")
                .asString();
        scene.billing.stripe("POST", "/v1/invoices/%s/finalize".formatted(invoice), "");
        var open = account(customer).path("openInvoice");
        assertThat(open.path("amount").asLong()).isEqualTo(700);

        var paid = pay(customer, open);

        assertThat(paid.json().path("status").asString()).as("%s", paid.json()).isEqualTo("paid");
    }

    @Test
    void an_open_invoice_that_the_bank_must_confirm_is_confirmed_by_the_cards_owner() {
        var customer = pastDue();
        var open = account(customer).path("openInvoice");
        scene.payBy(customer, "pm_card_authenticationRequired");

        var waiting = pay(customer, open);

        assertThat(waiting.json().path("status").asString())
                .as("%s", waiting.json())
                .isEqualTo("action_needed");
        assertThat(waiting.json().path("clientSecret").asString()).startsWith("pi_");
        assertThat(scene.billing
                        .post("/invoices/in_unknown/pay", customer.cookie(), "{}")
                        .status())
                .isEqualTo(404);
    }

    private static Answer method(Subscriber customer, String json) {
        return scene.billing.post("/payment-method", customer.cookie(), json);
    }

    @Test
    void a_card_is_replaced_after_its_setup_was_confirmed() {
        var customer = scene.subscribed("basic");
        var secret = method(customer, "{}").json().path("clientSecret").asString();
        var setup = secret.substring(0, secret.indexOf("_secret_"));
        var use = "{\"setupIntent\": \"%s\"}".formatted(setup);
        assertThat(method(customer, use).code()).isEqualTo("setup_incomplete");

        scene.billing.stripe(
                "POST", "/v1/setup_intents/%s/confirm".formatted(setup), "payment_method=pm_card_mastercard");
        var replaced = method(customer, use);

        assertThat(replaced.json().path("paymentMethod").path("brand").asString())
                .isEqualTo("mastercard");
        assertThat(method(customer, use).json()).isEqualTo(replaced.json());
        assertThat(account(customer).path("paymentMethod").path("brand").asString())
                .isEqualTo("mastercard");
        assertThat(method(Subscriber.of(scene.billing), use).status()).isEqualTo(404);
        assertThat(method(customer, "{\"setupIntent\": \"pi_1\"}").code()).isEqualTo("invalid_field");
    }

    @Test
    void the_portal_is_reachable_only_where_it_is_enabled() {
        var customer = Subscriber.of(scene.billing);

        assertThat(scene.billing
                        .post("/portal-session", customer.cookie(), "{}")
                        .status())
                .isEqualTo(404);
        assertThat(scene.billing.post("/portal-session", null, "{}").code()).isEqualTo("session_missing");
    }

    @Test
    void a_customers_data_is_exported_without_secrets() {
        var customer = scene.subscribed("basic");
        scene.preview(customer, "premium");
        scene.billing
                .database
                .jdbc()
                .sql("insert into billing.sign_in_links values ('\\x01', :customer, now())")
                .param("customer", customer.id())
                .update();
        var other = scene.subscribed("basic");

        var answer = scene.billing.get("/account/export", customer.cookie());

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
        return scene.billing.send(scene.billing
                .request("/account", customer.cookie())
                .header("Content-Type", "application/json")
                .method("DELETE", BodyPublishers.ofString(json)));
    }

    @Test
    void an_account_is_deleted_at_stripe_and_here_and_its_sessions_end() {
        var customer = scene.subscribed("basic");
        paidOrder("ord_delivered", customer);
        scene.billing
                .database
                .jdbc()
                .sql("insert into billing.shipments (order_id, shipped_at) values ('ord_delivered', null)")
                .update();
        assertThat(delete(customer, "{}").code()).isEqualTo("invalid_field");
        assertThat(delete(customer, "{\"confirm\": \"yes\"}").code()).isEqualTo("invalid_field");

        var deleted = delete(customer, "{\"confirm\": \"delete\"}");

        assertThat(deleted.status()).as("%s", deleted.json()).isEqualTo(204);
        assertThat(deleted.cookie()).isEmpty();
        assertThat(scene.billing
                        .stripe("GET", "/v1/customers/" + customer.id(), "")
                        .path("deleted")
                        .asBoolean())
                .isTrue();
        assertThat(scene.billing.get("/account", customer.cookie()).code()).isEqualTo("session_invalid");
        assertThat(scene.billing.dump("scheduled_tasks")).doesNotContain("grower-" + email(customer));
    }

    private static String email(Subscriber customer) {
        return customer.id() + "@";
    }

    @Test
    void an_interrupted_deletion_is_finished_by_the_next_request() {
        var customer = scene.subscribed("basic");
        scene.billing
                .stripe
                .faults()
                .add(new Fault.ErrorBefore(), When.ALWAYS.on("DELETE", "/v1/customers/" + customer.id()));
        assertThat(delete(customer, "{\"confirm\": \"delete\"}").code()).isEqualTo("stripe_unavailable");
        assertThat(customer.statuses()).containsExactly("canceled");
        scene.billing.stripe.faults().clear();

        assertThat(delete(customer, "{\"confirm\": \"delete\"}").status()).isEqualTo(204);
    }

    private static void paidOrder(String id, Subscriber customer) {
        scene.billing
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
        scene.offset(Duration.ZERO);
        var ordered = scene.subscribed("basic");
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
        return scene.billing.post("/charge", customer.cookie(), """
                {"token": "%s", "quantity": 1, "shipping": {"name": "Ann", "line1": "1 Nathan Road", "city": "Kowloon",
                 "country": "HK"}}""".formatted(scene.billing.token(card)));
    }

    /** The sandbox of this test sends no events: they are late. */
    @Test
    void an_account_with_a_paid_order_whose_event_is_late_is_not_deleted() {
        var customer = scene.subscribed("basic");
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
        var customer = Subscriber.of(scene.billing);
        var waiting = charge(customer, "4000002760003184")
                .json()
                .path("paymentIntentId")
                .asString();

        var deleted = delete(customer, "{\"confirm\": \"delete\"}");
        scene.billing.stripe("POST", "/sandbox/payment_intents/%s/authenticate".formatted(waiting), "success=true");

        assertThat(deleted.status()).as("%s", deleted.json()).isEqualTo(204);
        assertThat(scene.billing.payments(customer.cookie())).containsExactly("canceled");
        assertThat(scene.billing.charged(customer.cookie())).isEmpty();
    }

    @Test
    void an_account_is_not_deleted_while_an_order_is_charged_nor_charged_while_it_is_deleted() throws Exception {
        var customer = Subscriber.of(scene.billing);
        CompletableFuture<Answer> charging;
        Answer during;
        try (var blocking = scene.billing.database.dataSource().getConnection();
                var lock = blocking.createStatement()) {
            blocking.setAutoCommit(false);
            lock.execute("lock table billing.shipping_addresses in exclusive mode");
            charging = CompletableFuture.supplyAsync(() -> charge(customer, "4242424242424242"));
            await().atMost(Duration.ofSeconds(60)).until(() -> requestsOf(customer) == 1);
            during = delete(customer, "{\"confirm\": \"delete\"}");
            blocking.rollback();
        }
        var charged = charging.join();
        var deletion = scene.billing.bean(CustomerLock.class).take(customer.id());
        var refused = charge(customer, "4242424242424242");
        deletion.forget();

        assertThat(during.code()).isEqualTo("change_in_progress");
        assertThat(charged.status()).isEqualTo(200);
        assertThat(refused.code()).isEqualTo("request_in_flight");
        assertThat(scene.billing.charged(customer.cookie())).hasSize(1);
    }

    @Test
    void no_subscription_starts_while_the_account_is_deleted() {
        var customer = Subscriber.of(scene.billing);
        var deletion = scene.billing.bean(CustomerLock.class).take(customer.id());

        var refused = customer.subscribe(scene.price("basic"));
        var statuses = customer.statuses();
        deletion.forget();

        assertThat(refused.code()).isEqualTo("request_in_flight");
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(statuses).isEmpty();
        assertThat(customer.subscribe(scene.price("basic")).status()).isEqualTo(200);
    }

    private static long requestsOf(Subscriber customer) {
        return scene.billing
                .database
                .jdbc()
                .sql("select count(*) from billing.requests where customer = :customer")
                .param("customer", customer.id())
                .query(Long.class)
                .single();
    }

    @Test
    void a_page_of_another_site_deletes_nothing() {
        var customer = scene.subscribed("basic");

        var refused = scene.billing.send(scene.billing
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
