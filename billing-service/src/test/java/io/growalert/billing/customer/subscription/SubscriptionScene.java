package io.growalert.billing.customer.subscription;

import io.growalert.billing.customer.BillingScene;
import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/** A service that offers two prices, and what customers and their browsers do there. */
final class SubscriptionScene extends BillingScene {
    private final boolean hasMail;
    private @Nullable Path mails;

    private SubscriptionScene(boolean hasMail) {
        this.hasMail = hasMail;
    }

    /** Where customers can sign in, so that an address has one subscription. */
    static SubscriptionScene withMail() {
        return new SubscriptionScene(true);
    }

    static SubscriptionScene withoutMail() {
        return new SubscriptionScene(false);
    }

    @Override
    protected Running start() throws IOException {
        var settings = new HashMap<String, Object>();
        settings.put("growalert.billing.customer.limits.customers-per-address", 1_000);
        if (hasMail) {
            mails = Files.createTempDirectory("mails");
            settings.put("growalert.billing.customer.mail.folder", mails);
            settings.put("growalert.billing.customer.mail.site", "http://127.0.0.1:9");
        }
        return Running.started(settings);
    }

    @Override
    protected void stopped() throws IOException {
        FileSystemUtils.deleteRecursively(mails);
    }

    String basic() {
        return Subscriber.price(billing(), 0);
    }

    String premium() {
        return Subscriber.price(billing(), 1);
    }

    /** Subscribes and pays, if the answer lets the browser do so. */
    static void pay(Subscriber browser, String price) {
        var answer = browser.subscribe(price);
        if (answer.status() == 200 && answer.json().path("clientSecret").isString()) {
            browser.confirm(answer, "pm_card_visa");
        }
    }

    /** As a sign-in by mail does it. */
    void verify(Subscriber subscriber) {
        billing()
                .database
                .jdbc()
                .sql("update billing.registrations set verified_at = now() where customer = :customer")
                .param("customer", subscriber.id())
                .update();
    }
}
