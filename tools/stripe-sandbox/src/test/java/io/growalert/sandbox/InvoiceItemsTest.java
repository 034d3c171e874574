package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.param.InvoiceCreateParams;
import com.stripe.param.InvoiceItemCreateParams;
import com.stripe.param.InvoiceItemListParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Amounts that wait for the next invoice, and invoices without a subscription. */
class InvoiceItemsTest extends SubscriptionScenario {

    @Test
    void an_item_is_charged_with_the_next_renewal() throws StripeException {
        var subscription = active("pm_card_visa");
        var item = peer.v1()
                .invoiceItems()
                .create(item(subscription.getCustomer(), 250)
                        .setSubscription(subscription.getId())
                        .build());

        pass(Duration.ofDays(28));

        var invoice = peer.v1().invoices().retrieve(retrieved(subscription).getLatestInvoice());
        assertThat(invoice.getLines().getData())
                .extracting(InvoiceLineItem::getAmount)
                .containsExactly(250L, 500L);
        assertThat(invoice.getLines()
                        .getData()
                        .getFirst()
                        .getParent()
                        .getInvoiceItemDetails()
                        .getInvoiceItem())
                .isEqualTo(item.getId());
        assertThat(peer.v1().invoiceItems().retrieve(item.getId()).getInvoice()).isEqualTo(invoice.getId());
    }

    @Test
    void prorations_that_wait_are_invoice_items() throws StripeException {
        var subscription = active("pm_card_visa");

        peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .addItem(SubscriptionUpdateParams.Item.builder()
                                        .setId(subscription
                                                .getItems()
                                                .getData()
                                                .getFirst()
                                                .getId())
                                        .setPrice(price("premium"))
                                        .build())
                                .build());

        assertThat(peer.v1()
                        .invoiceItems()
                        .list(InvoiceItemListParams.builder().setPending(true).build())
                        .getData())
                .hasSize(2)
                .allMatch(item -> item.getProration()
                        && subscription
                                .getId()
                                .equals(item.getParent()
                                        .getSubscriptionDetails()
                                        .getSubscription()));
    }

    @Test
    void an_invoice_without_a_subscription_is_finalized_and_paid() throws StripeException {
        var customer = payer("pm_card_visa");
        peer.v1().invoiceItems().create(item(customer, 700).build());
        var draft = peer.v1()
                .invoices()
                .create(InvoiceCreateParams.builder()
                        .setCustomer(customer)
                        .setPendingInvoiceItemsBehavior(InvoiceCreateParams.PendingInvoiceItemsBehavior.INCLUDE)
                        .build());
        assertThat(draft.getStatus()).isEqualTo("draft");
        peer.v1()
                .invoiceItems()
                .create(item(customer, 300).setInvoice(draft.getId()).build());

        var open = peer.v1().invoices().finalizeInvoice(draft.getId());
        var paid = peer.v1().invoices().pay(draft.getId());

        assertThat(open.getStatus()).isEqualTo("open");
        assertThat(open.getAmountDue()).isEqualTo(1000);
        assertThat(paid.getStatus()).isEqualTo("paid");
        assertThat(peer.v1().charges().list().getData().getFirst().getAmount()).isEqualTo(1000);
        assertThat(peer.v1().invoices().list().getData())
                .extracting(Invoice::getParent)
                .containsOnlyNulls();
    }

    @Test
    void what_is_on_a_finalized_invoice_cannot_be_changed() throws StripeException {
        var customer = payer("pm_card_visa");
        var item = peer.v1().invoiceItems().create(item(customer, 700).build());
        var invoice = peer.v1()
                .invoices()
                .create(InvoiceCreateParams.builder()
                        .setCustomer(customer)
                        .setPendingInvoiceItemsBehavior(InvoiceCreateParams.PendingInvoiceItemsBehavior.INCLUDE)
                        .build());
        peer.v1().invoices().finalizeInvoice(invoice.getId());

        assertThatThrownBy(() -> peer.v1().invoiceItems().delete(item.getId()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("invoice_not_editable"));
        assertThatThrownBy(() -> peer.v1().invoices().delete(invoice.getId()))
                .isInstanceOf(InvalidRequestException.class);
    }

    private static InvoiceItemCreateParams.Builder item(String customer, long amount) {
        return InvoiceItemCreateParams.builder()
                .setCustomer(customer)
                .setAmount(amount)
                .setCurrency("usd")
                .setDescription("A device");
    }
}
