package io.growalert.gateway.browser;

import static io.growalert.gateway.browser.Visitor.ASKING_CARD;
import static io.growalert.gateway.browser.Visitor.DECLINED_CARD;
import static io.growalert.gateway.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The registration in Chromium. What counts is what PostgreSQL and Kafka have afterwards. */
class RegisterPageTest {
    private static Shop shop;
    private static Playwright playwright;
    private static Browser browser;
    private Visitor visitor;

    @BeforeAll
    static void start() throws IOException {
        shop = new Shop();
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(Path.of(System.getProperty("chromium", "/usr/bin/chromium")))
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--no-first-run")));
    }

    @AfterAll
    static void stop() throws IOException {
        browser.close();
        playwright.close();
        shop.close();
    }

    @BeforeEach
    void arrive(TestInfo test) {
        visitor = new Visitor(browser, shop, test.getTestMethod().orElseThrow().getName());
    }

    @AfterEach
    void leave() {
        visitor.picture("end");
        visitor.close();
        assertThat(visitor.complaints).isEmpty();
    }

    @Test
    void a_plan_and_devices_are_bought_once_each() {
        visitor.opens();
        PlaywrightAssertions.assertThat(visitor.page.locator("#no-money")).isVisible();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        PlaywrightAssertions.assertThat(visitor.page.locator("#bought-sum")).containsText("€117.00");
        assertBought(2);
        var told = shop.events(customer());
        assertThat(told)
                .filteredOn(event -> event.record() instanceof BillingRecord.DeviceOrder)
                .extracting(BillingEvent::version)
                .doesNotHaveDuplicates();
    }

    @Test
    void a_bank_that_asks_is_answered_for_both_payments() {
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
    void a_request_for_devices_that_never_arrived_is_sent_again_with_its_key() {
        loseCharge(false);
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.payButton().click();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/charge")).hasSize(2);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }

    @Test
    void devices_whose_answer_was_lost_are_charged_once_even_after_a_reload() {
        loseCharge(true);
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.page.reload();
        PlaywrightAssertions.assertThat(visitor.payButton()).hasText("Try again");
        visitor.picture("reloaded");
        visitor.payButton().click();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/charge").stream().distinct()).hasSize(1);
    }

    /** The first request for devices gets no answer. */
    private void loseCharge(boolean afterItWasDone) {
        var seen = new AtomicInteger();
        visitor.page.route("**/charge", route -> {
            if (seen.getAndIncrement() > 0) {
                route.resume();
                return;
            }
            if (afterItWasDone) {
                assertThat(route.fetch().status()).isEqualTo(200);
            }
            route.abort("connectionreset");
        });
    }

    @Test
    void a_subscription_payment_whose_answer_was_lost_is_not_made_again() {
        var seen = new AtomicInteger();
        visitor.page.route("**/v1/payment_intents/*/confirm", route -> {
            if (seen.getAndIncrement() == 0) {
                route.fetch();
                route.abort("connectionreset");
            } else {
                route.resume();
            }
        });
        visitor.opens();
        visitor.orders(1);
        visitor.pays(GOOD_CARD);
        visitor.seesProblem("does not charge you twice");
        visitor.payButton().click();

        visitor.seesSuccess();
        assertBought(1);
        assertThat(seen).hasValue(1);
    }

    @Test
    void a_double_click_pays_once() {
        visitor.opens();
        visitor.orders(2);
        visitor.types(GOOD_CARD);
        visitor.payButton().dblclick();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.requestsTo("/charge")).hasSize(1);
        assertThat(visitor.requestsTo("/v1/payment_intents/.*/confirm")).hasSize(1);
    }

    @Test
    void back_and_forth_leads_to_the_same_subscription() {
        visitor.opens();
        visitor.orders(1);
        visitor.page.goBack();
        PlaywrightAssertions.assertThat(visitor.page.locator("#details")).isVisible();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .hasValue(visitor.email);
        visitor.picture("back");
        visitor.orders(2);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        visitor.page.goBack();

        visitor.seesSuccess();
        assertBought(2);
        assertThat(visitor.keysTo("/create-subscription").stream().distinct()).hasSize(1);
    }

    @Test
    void another_plan_takes_the_place_of_the_one_that_was_not_paid() {
        visitor.opens();
        visitor.orders(0);
        visitor.page.getByText("Change my order").click();
        visitor.page.getByLabel("Yearly").check();
        visitor.page.getByText("Continue to payment").click();
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        await().untilAsserted(() -> assertThat(shop.rows(
                        "select status from billing.subscriptions where customer = ? order by created_at, status",
                        customer()))
                .containsExactlyInAnyOrder("active", "incomplete_expired"));
    }

    @Test
    void whoever_has_a_subscription_is_not_charged_for_another() {
        visitor.opens();
        visitor.orders(0);
        visitor.pays(GOOD_CARD);
        visitor.seesSuccess();
        visitor.page.getByText("Start a new registration").click();
        visitor.page.getByLabel("E-mail address").fill(visitor.email);
        visitor.page.getByText("Continue to payment").click();

        visitor.seesProblem("have a subscription already");
        assertBought(0);
    }

    @Test
    void wrong_fields_are_named_and_focused() {
        visitor.opens();
        visitor.page.getByLabel("E-mail address").fill("nobody");
        visitor.page.getByLabel("Number of monitor devices").fill("101");
        visitor.page.keyboard().press("Enter");

        PlaywrightAssertions.assertThat(visitor.page.getByLabel("E-mail address"))
                .isFocused();
        PlaywrightAssertions.assertThat(visitor.page.locator("#email-problem")).containsText("name@example.com");
        PlaywrightAssertions.assertThat(visitor.page.locator("#quantity-problem"))
                .containsText("from 0 to 100");
        visitor.picture("wrong");
    }

    @Test
    void the_keyboard_alone_is_enough() {
        visitor.opens();
        var keyboard = visitor.page.keyboard();
        visitor.page.getByLabel("E-mail address").focus();
        keyboard.type(visitor.email);
        keyboard.press("Tab");
        keyboard.press("Tab");
        keyboard.type("1");
        keyboard.press("Enter");
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment-title")).isFocused();
        keyboard.press("Tab");
        keyboard.type(GOOD_CARD);
        keyboard.press("Tab");
        keyboard.type("1234");
        keyboard.press("Tab");
        keyboard.type("123");
        keyboard.press("Tab");
        keyboard.type("12345");
        keyboard.press("Enter");

        visitor.seesSuccess();
        assertBought(1);
    }

    private String customer() {
        return shop.customerOf(visitor.email);
    }

    /** One customer with one subscription that runs, one payment for it, and one paid order of so many devices. */
    private void assertBought(int devices) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(shop.rows("select status from billing.subscriptions where customer = ?", customer()))
                    .containsExactly("active");
            assertThat(shop.rows(
                            "select quantity from billing.device_orders where customer = ? and status = 'paid'",
                            customer()))
                    .isEqualTo(devices == 0 ? List.of() : List.of(Integer.toString(devices)));
            assertThat(shop.rows(
                            "select amount from billing.charges where customer = ? and status = 'succeeded' order by amount desc",
                            customer()))
                    .containsExactlyInAnyOrderElementsOf(
                            devices == 0 ? List.of("1900") : List.of("1900", Integer.toString(devices * 4_900)));
            assertThat(shop.events(customer()))
                    .extracting(BillingEvent::record)
                    .filteredOn(record -> record instanceof BillingRecord.Subscription each
                            && each.status().equals("active"))
                    .isNotEmpty();
            assertThat(paidOrders()).hasSize(devices == 0 ? 0 : 1);
        });
    }

    private List<String> paidOrders() {
        return shop.events(customer()).stream()
                .map(BillingEvent::record)
                .filter(record -> record instanceof BillingRecord.DeviceOrder order
                        && order.status().equals("paid"))
                .map(BillingRecord::id)
                .distinct()
                .toList();
    }
}
