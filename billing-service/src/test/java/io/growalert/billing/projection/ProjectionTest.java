package io.growalert.billing.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.stripe.Kind;
import io.growalert.billing.stripe.MalformedObject;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.events.BillingRecord;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectionTest {
    private static final Instant CREATED = Instant.ofEpochSecond(1_700_000_000);

    @Test
    void a_customers_row_has_the_email_but_the_record_has_not() {
        var projected = one(Kind.CUSTOMER, """
                {"id": "cus_1", "object": "customer", "email": "jo@example.com", "name": "Jo", "currency": "usd",
                 "balance": -500, "delinquent": true, "created": 1700000000}
                """);

        assertThat(projected.record())
                .isEqualTo(new BillingRecord.Customer("cus_1", "usd", -500, true, false, CREATED));
        assertThat(projected.row())
                .contains("jo@example.com")
                .contains("\"Jo\"")
                .contains("created_at");
    }

    @Test
    void pages_at_stripe_are_only_in_the_row_and_no_part_of_the_version() {
        var without = "{'id': 'in_1', 'status': 'open', 'currency': 'eur', 'amount_due': 5, 'created': 1700000000%s}";
        var invoice = one(Kind.INVOICE, without.formatted(""));
        var linked = one(
                Kind.INVOICE,
                without.formatted(
                        ", 'hosted_invoice_url': 'https://i.example.com/1', 'invoice_pdf': 'javascript:alert(1)'"));

        assertThat(linked.record()).isEqualTo(invoice.record());
        assertThat(linked.digest()).isEqualTo(invoice.digest());
        assertThat(linked.row()).contains("https://i.example.com/1").doesNotContain("javascript");
    }

    @Test
    void a_changed_email_alone_is_a_change() {
        var before = one(Kind.CUSTOMER, "{'id': 'cus_1', 'email': 'jo@example.com'}");
        var after = one(Kind.CUSTOMER, "{'id': 'cus_1', 'email': 'joe@example.com'}");

        assertThat(before.record()).isEqualTo(after.record());
        assertThat(before.digest()).isNotEqualTo(after.digest());
    }

    @Test
    void a_deleted_customer_is_equal_in_events_and_fetches() {
        var inEvent = Projection.of(
                Kind.CUSTOMER,
                json("{'id': 'cus_1', 'email': 'jo@example.com', 'balance': 7, 'created': 1700000000}"),
                "cus_1",
                true);
        var fetched = one(Kind.CUSTOMER, "{'id': 'cus_1', 'object': 'customer', 'deleted': true}");

        assertThat(inEvent).containsExactly(fetched);
        assertThat(fetched.row()).doesNotContain("example.com");
    }

    private static final String SUBSCRIPTION = """
            {"id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active", "currency": "usd",
             "cancel_at_period_end": false, "latest_invoice": "in_1", "created": 1700000000,
             "items": {"object": "list", "data": [
               {"id": "si_1", "quantity": 2, "current_period_start": 1700000000, "current_period_end": 1702592000,
                "price": {"id": "price_1", "product": "prod_1", "unit_amount": 2000, "currency": "usd"}}]}}
            """;

    @Test
    void a_subscription_has_its_items_and_their_periods() {
        assertThat(one(Kind.SUBSCRIPTION, SUBSCRIPTION).record())
                .isEqualTo(new BillingRecord.Subscription(
                        "sub_1",
                        "cus_1",
                        "active",
                        "usd",
                        List.of(new BillingRecord.Subscription.Item(
                                "si_1",
                                "price_1",
                                "prod_1",
                                2L,
                                2_000L,
                                CREATED,
                                Instant.ofEpochSecond(1_702_592_000))),
                        false,
                        null,
                        null,
                        null,
                        null,
                        "in_1",
                        CREATED));
    }

    @Test
    void an_older_subscription_is_the_same_with_its_period_plan_and_expanded_objects() {
        var older = one(Kind.SUBSCRIPTION, """
                {"id": "sub_1", "customer": {"id": "cus_1", "object": "customer"}, "status": "active", "created": 1700000000,
                 "current_period_start": 1700000000, "current_period_end": 1702592000,
                 "latest_invoice": {"id": "in_1", "object": "invoice"},
                 "items": {"data": [{"id": "si_1", "quantity": 2,
                   "plan": {"id": "price_1", "product": {"id": "prod_1"}, "amount": 2000, "currency": "usd"}}]}}
                """);

        assertThat(older).isEqualTo(one(Kind.SUBSCRIPTION, SUBSCRIPTION));
    }

    @Test
    void an_invoice_names_its_subscription_in_either_place() {
        var newer = one(Kind.INVOICE, """
                {"id": "in_1", "customer": "cus_1", "status": "paid", "currency": "usd", "amount_due": 2000, "amount_paid": 2000,
                 "amount_remaining": 0, "total": 2000, "attempt_count": 1, "billing_reason": "subscription_create",
                 "number": "A-1", "period_start": 1700000000, "period_end": 1700000000, "created": 1700000000,
                 "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}},
                 "status_transitions": {"paid_at": 1700000000}}
                """);
        var older = one(Kind.INVOICE, """
                {"id": "in_1", "customer": "cus_1", "status": "paid", "currency": "usd", "amount_due": 2000, "amount_paid": 2000,
                 "attempt_count": 1, "billing_reason": "subscription_create",
                 "number": "A-1", "period_start": 1700000000, "period_end": 1700000000, "created": 1700000000,
                 "subscription": {"id": "sub_1"}, "charge": "ch_1", "paid": true,
                 "status_transitions": {"paid_at": 1700000000}}
                """);

        assertThat(older).isEqualTo(newer);
        assertThat(newer.record()).isInstanceOfSatisfying(BillingRecord.Invoice.class, invoice -> {
            assertThat(invoice.subscription()).isEqualTo("sub_1");
            assertThat(invoice.paidAt()).isEqualTo(CREATED);
            assertThat(invoice.amountRemaining()).isZero();
        });
    }

    @Test
    void a_deleted_invoice_has_the_status_deleted() {
        var invoice = "{'id': 'in_1', 'status': 'draft', 'currency': 'usd', 'amount_due': 1, 'created': 1700000000}";

        var deleted = Projection.of(Kind.INVOICE, json(invoice), null, true).getFirst();

        assertThat(deleted.record().isEnded()).isTrue();
    }

    @Test
    void a_payment_with_an_order_in_its_metadata_is_a_device_order_too() {
        var projected = Projection.of(Kind.PAYMENT, json("""
                {'id': 'pi_1', 'customer': 'cus_1', 'status': 'requires_action', 'currency': 'usd', 'amount': 9800,
                 'latest_charge': {'id': 'ch_1'}, 'created': 1700000000,
                 'last_payment_error': {'code': 'card_declined', 'decline_code': 'insufficient_funds'},
                 'metadata': {'growalert_order': 'order-1', 'growalert_quantity': '2', 'growalert_unit_amount': '4900'}}
                """), "cus_1", false);

        assertThat(projected)
                .extracting(ProjectedRecord::record)
                .containsExactly(
                        new BillingRecord.Payment(
                                "pi_1",
                                "cus_1",
                                "requires_action",
                                "usd",
                                9_800,
                                0,
                                "ch_1",
                                "insufficient_funds",
                                null,
                                CREATED),
                        new BillingRecord.DeviceOrder(
                                "order-1",
                                "cus_1",
                                "pi_1",
                                "awaiting_confirmation",
                                2,
                                "usd",
                                4_900,
                                9_800,
                                0,
                                false,
                                CREATED));
    }

    @Test
    void a_charge_is_an_order_only_when_no_payment_is() {
        var charge = """
                {'id': 'ch_1', 'customer': 'cus_1', 'status': 'succeeded', 'currency': 'usd', 'amount': 9800, 'captured': true,
                 'created': 1700000000, 'payment_intent': %s,
                 'metadata': {'growalert_order': 'order-1', 'growalert_quantity': '2', 'growalert_unit_amount': '4900'}}
                """;

        assertThat(Projection.of(Kind.CHARGE, json(charge.formatted("'pi_1'")), "cus_1", false))
                .hasSize(1);
        assertThat(Projection.of(Kind.CHARGE, json(charge.formatted("null")), "cus_1", false))
                .extracting(ProjectedRecord::id)
                .containsExactly("ch_1", "order-1");
    }

    @Test
    void refunds_disputes_and_invoice_payments_belong_to_the_given_customer() {
        var refund = Projection.of(
                        Kind.REFUND,
                        json("{'id': 're_1', 'charge': 'ch_1', 'currency': 'usd', 'amount': 5, 'created': 1700000000}"),
                        "cus_1",
                        false)
                .getFirst();
        var dispute = Projection.of(Kind.DISPUTE, json("""
                        {'id': 'dp_1', 'charge': 'ch_1', 'status': 'won', 'reason': 'general', 'currency': 'usd', 'amount': 5,
                         'evidence_details': {'due_by': 1700000000}, 'created': 1700000000}
                        """), "cus_1", false).getFirst();
        var payment =
                Projection.of(Kind.INVOICE_PAYMENT, json("""
                        {'id': 'inpay_1', 'invoice': 'in_1', 'status': 'paid', 'currency': 'usd', 'amount_requested': 5,
                         'payment': {'type': 'payment_intent', 'payment_intent': 'pi_1'}, 'created': 1700000000}
                        """), "cus_1", false).getFirst();

        assertThat(refund.record())
                .isEqualTo(
                        new BillingRecord.Refund("re_1", "cus_1", "ch_1", null, "succeeded", "usd", 5, null, CREATED));
        assertThat(dispute.record())
                .isEqualTo(new BillingRecord.Dispute(
                        "dp_1", "cus_1", "ch_1", null, "won", "general", "usd", 5, CREATED, CREATED));
        assertThat(payment.record())
                .isEqualTo(new BillingRecord.InvoicePayment(
                        "inpay_1", "cus_1", "in_1", "pi_1", null, "paid", "usd", 5, null, null, CREATED));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id': 'ch_1', 'status': 'succeeded', 'currency': 'usd', 'created': 1} | charge.amount",
                "{'id': 'ch_1', 'status': 'succeeded', 'currency': 'usd', 'created': 1, 'amount': '5'} | charge.amount",
                "{'id': 'ch_1', 'status': 'succeeded', 'currency': 'usd', 'created': 1, 'amount': 5.5} | charge.amount",
                "{'id': 'ch_1', 'status': 'x', 'currency': 'usd', 'created': 1, 'amount': 9223372036854775808} | charge.amount",
                "{'id': 'ch_1', 'status': 7, 'currency': 'usd', 'created': 1, 'amount': 5} | charge.status",
                "{'id': 'ch_1', 'status': 'x', 'currency': 'usd', 'created': 9999999999999, 'amount': 5} | charge.created",
                "{'id': 'ch_1', 'status': 'x', 'currency': 'usd', 'created': 1, 'amount': 5, 'disputed': 'no'} | charge.disputed",
                "{'id': 'ch_1', 'status': 'x', 'currency': 'usd', 'created': 1, 'amount': 5, 'customer': 5} | charge.customer",
                "{'id': 'ch_1', 'status': 'x', 'currency': 'usd', 'created': 1, 'amount': 5, 'customer': {}} | charge.customer.id",
                "{'id': 'ch_1', 'status': 'x', 'currency': 'usd', 'created': 1, 'amount': 5, 'metadata': {'growalert_order': 'o', 'growalert_quantity': 'many'}} | charge.metadata.growalert_quantity"
            })
    void a_bad_shape_is_an_error_that_names_the_field(String charge, String field) {
        assertThatThrownBy(() -> one(Kind.CHARGE, charge))
                .isInstanceOf(MalformedObject.class)
                .hasMessageStartingWith(field + ": expected ");
    }

    @Test
    void a_refund_is_owned_by_its_charge_first() {
        assertThat(owner(Kind.REFUND, "{'id': 're_1', 'charge': 'ch_1', 'payment_intent': 'pi_1'}"))
                .isEqualTo(new Ownership.Inherited(List.of(
                        new Ownership.Parent(Kind.CHARGE, "ch_1"), new Ownership.Parent(Kind.PAYMENT, "pi_1"))));
        assertThat(owner(Kind.REFUND, "{'id': 're_1', 'charge': {'id': 'ch_1', 'customer': 'cus_1'}}"))
                .isEqualTo(new Ownership.Known("cus_1", "cus_1"));
        assertThat(owner(Kind.REFUND, "{'id': 're_1', 'charge': {'id': 'ch_1', 'customer': null}}"))
                .isEqualTo(new Ownership.Known(null, "ch_1"));
        assertThat(owner(Kind.REFUND, "{'id': 're_1'}")).isEqualTo(new Ownership.Known(null, "re_1"));
    }

    @Test
    void a_guests_payment_is_its_own() {
        assertThat(owner(Kind.PAYMENT, "{'id': 'pi_1', 'customer': null}"))
                .isEqualTo(new Ownership.Known(null, "pi_1"));
    }

    private static Ownership owner(Kind kind, String object) {
        return Ownership.of(kind, new StripeFields(json(object), kind.objectName()));
    }

    private static ProjectedRecord one(Kind kind, String object) {
        return Projection.of(kind, json(object), null, false).getFirst();
    }

    private static tools.jackson.databind.JsonNode json(String text) {
        return StripeFields.parse(text.replace('\'', '"'));
    }
}
