package io.growalert.billing.reconcile;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.service.V1Services;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;

/** Customers who buy at the sandbox, of which no webhook arrives. */
final class Shop implements AutoCloseable {
    private final StripeSandbox sandbox;

    Shop() {
        var nowhere = URI.create("http://127.0.0.1:9/webhook");
        try {
            sandbox = StripeSandbox.start(Options.defaults()
                    .withPrices(List.of(new PlanPrice("basic", "Basic", 500, "eur", "month")))
                    .withWebhook(nowhere, "whsec_test"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sandbox.faults().add(new Fault.Drop());
    }

    URI address() {
        return sandbox.apiBase();
    }

    Faults faults() {
        return sandbox.faults();
    }

    StripeClient client() {
        return StripeClient.builder()
                .setApiKey(StripeSandbox.SECRET_KEY)
                .setApiBase(sandbox.apiBase().toString())
                .build();
    }

    private V1Services v1() {
        return client().v1();
    }

    String register(String email) throws StripeException {
        return v1().customers()
                .create(CustomerCreateParams.builder()
                        .setEmail(email)
                        .putMetadata("growalert_request", "r")
                        .build())
                .getId();
    }

    /** A customer of other software that uses the same account, who pays. */
    String registerElsewhere(String email) throws StripeException {
        var customer = v1().customers()
                .create(CustomerCreateParams.builder().setEmail(email).build())
                .getId();
        v1().paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(700L)
                        .setCurrency("eur")
                        .setCustomer(customer)
                        .setPaymentMethod("pm_card_visa")
                        .setConfirm(true)
                        .addPaymentMethodType("card")
                        .build());
        return customer;
    }

    void rename(String customer, String email) throws StripeException {
        v1().customers()
                .update(customer, CustomerUpdateParams.builder().setEmail(email).build());
    }

    void leave(String customer) throws StripeException {
        v1().customers().delete(customer);
    }

    /** Pays for two devices. */
    String pay(String customer) throws StripeException {
        return v1().paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(9_800L)
                        .setCurrency("eur")
                        .setCustomer(customer)
                        .setPaymentMethod("pm_card_visa")
                        .setConfirm(true)
                        .setAutomaticPaymentMethods(PaymentIntentCreateParams.AutomaticPaymentMethods.builder()
                                .setEnabled(true)
                                .setAllowRedirects(
                                        PaymentIntentCreateParams.AutomaticPaymentMethods.AllowRedirects.NEVER)
                                .build())
                        .putMetadata("growalert_order", "order-" + customer)
                        .putMetadata("growalert_quantity", "2")
                        .putMetadata("growalert_unit_amount", "4900")
                        .build())
                .getId();
    }

    void refund(String payment) throws StripeException {
        v1().refunds()
                .create(RefundCreateParams.builder()
                        .setPaymentIntent(payment)
                        .setAmount(4_900L)
                        .build());
    }

    /** Registers, and pays for the first month. */
    void subscribe(String email) throws StripeException {
        var customer = v1().customers()
                .create(CustomerCreateParams.builder()
                        .setEmail(email)
                        .putMetadata("growalert_request", "r")
                        .setPaymentMethod("pm_card_visa")
                        .setInvoiceSettings(CustomerCreateParams.InvoiceSettings.builder()
                                .setDefaultPaymentMethod("pm_card_visa")
                                .build())
                        .build());
        var price = v1().prices()
                .list(PriceListParams.builder().addLookupKey("basic").build())
                .getData()
                .getFirst();
        v1().subscriptions()
                .create(SubscriptionCreateParams.builder()
                        .setCustomer(customer.getId())
                        .addItem(SubscriptionCreateParams.Item.builder()
                                .setPrice(price.getId())
                                .build())
                        .build());
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
