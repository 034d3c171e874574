package io.growalert.browser;

import static io.growalert.browser.Visitor.ASKING_CARD;
import static io.growalert.browser.Visitor.DECLINED_CARD;
import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A customer registers, pays, and gets what was paid for. */
class PurchaseTest extends Visits {
    @Test
    void a_plan_and_devices_are_bought_once_each() {
        visitor.opens();
        PlaywrightAssertions.assertThat(visitor.page.locator("#no-money")).isVisible();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought-sum")).containsText("€117.00");
        PlaywrightAssertions.assertThat(visitor.page.locator("#no-money")).isVisible();
        assertBought(2);
        var published = shop.witness.events(customer());
        assertThat(published)
                .filteredOn(event -> event.record() instanceof BillingRecord.DeviceOrder)
                .extracting(BillingEvent::version)
                .doesNotHaveDuplicates();
    }

    @Test
    void a_bank_that_asks_gets_a_confirmation_for_both_payments() {
        visitor.opens();
        visitor.orders(1);
        visitor.pays(ASKING_CARD);
        visitor.consents(true);
        visitor.consents(true);

        visitor.seesSuccess();
        assertBought(1);
    }

    @Test
    void a_declined_card_is_replaced_by_a_good_one() {
        visitor.opens();
        visitor.orders(1);
        visitor.pays(DECLINED_CARD);
        visitor.seesProblem("declined");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertBought(1);
    }

    @Test
    void devices_whose_payment_the_bank_refuses_are_paid_with_another_card_under_another_key() {
        visitor.opens();
        visitor.orders(3);
        visitor.pays(ASKING_CARD);
        visitor.consents(true);
        visitor.consents(false);
        visitor.seesProblem("");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertBought(3);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(2);
    }

    @Test
    void without_devices_nothing_is_charged_for_them() {
        visitor.opens();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertBought(0);
        assertThat(visitor.requestsTo("/charge")).isEmpty();
    }

    @Test
    void another_plan_replaces_the_unpaid_one() {
        visitor.opens();
        visitor.orders(0);
        visitor.presses("Change my order");
        visitor.page.getByLabel("Yearly").check();
        visitor.presses("Continue to payment");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertBought("active", List.of("19000"), 0, 4_900);
        assertThat(shop.witness.rows("select status from billing.subscriptions where customer = ?", customer()))
                .containsExactlyInAnyOrder("active", "incomplete_expired");
    }

    @Test
    void a_customer_with_a_subscription_is_not_charged_for_another() {
        visitor.opens();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        visitor.page.getByText("Start a new registration").click();
        visitor.fills(0);
        visitor.continues();

        visitor.seesProblem("have this plan already");
        assertBought(0);
    }

    @Test
    void a_customer_with_the_subscription_pays_for_devices_alone_with_a_new_card() {
        visitor.opens();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        visitor.page.getByText("Start a new registration").click();
        visitor.fills(2);
        visitor.continues();
        visitor.delivers();

        PlaywrightAssertions.assertThat(visitor.page.locator("#devices")).containsText("not charged for it again");
        visitor.picture("devices-alone");
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought-sum"))
                .not()
                .containsText("Monthly");
        assertBought(2);
    }

    @Test
    void the_test_system_banner_is_hidden_where_money_moves() {
        visitor.page.route("**/page-config", route -> {
            var own = route.fetch();
            route.fulfill(new Route.FulfillOptions()
                    .setResponse(own)
                    .setBody(own.text().replace("\"stripe\":false", "\"stripe\":true")));
        });
        visitor.opens();
        PlaywrightAssertions.assertThat(visitor.page.locator("#no-money")).isHidden();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#no-money")).isHidden();
    }
}
