package io.growalert.browser;

import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every error has a message for the customer, with a next step that charges once. */
class WordsTest extends Visits {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create-customer | 400 | bad_request | | not understood",
                "create-customer | 403 | origin_refused | | an address that is not ours",
                "create-customer | 404 | not_found | | not available here at present",
                "create-customer | 413 | body_too_large | | too long",
                "create-customer | 429 | too_many_customers | 1800 | in 30 minutes",
                "create-customer | 429 | too_many_requests | 7 | in 7 seconds",
                "create-customer | 429 | too_many_calls | 40 | in 40 seconds",
                "create-customer | 503 | payments_unavailable | | payment provider cannot do this",
                "create-subscription | 401 | session_missing | | Allow cookies",
                "create-subscription | 400 | unknown_price | | no longer offered",
                "create-subscription | 422 | idempotency_key_reused | | changed in another tab",
                "create-subscription | 500 | internal_error | | cannot do this at present",
                "create-subscription | 502 | stripe_refused | | rejected this request",
                "create-subscription | 503 | stripe_unavailable | 5 | in a moment",
                "create-subscription | 503 | backend_unavailable | 9 | in 9 seconds",
                "create-subscription | 504 | backend_timeout | | the result is unknown"
            })
    void errors_before_the_payment(String path, int status, String code, @Nullable Integer retryAfter, String words) {
        visitor.failsOnce(path, status, code, retryAfter);
        visitor.opens();
        visitor.fills(0);
        visitor.continues();

        visitor.seesProblem(words);
        saysNothingTechnical(code);
        goesOn();
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment")).isVisible();
        assertThat(shop.witness.rows("select status from billing.subscriptions where customer = ?", customer()))
                .hasSizeLessThan(2);
        assertNothingCharged();
    }

    /** Presses the same button again, or the one beside the message. After a reload the order is still filled in. */
    private void goesOn() {
        var beside = visitor.page.locator(".problem:visible button");
        if (beside.count() > 0) {
            beside.click();
            PlaywrightAssertions.assertThat(visitor.page.locator(".problem:visible"))
                    .hasCount(0);
            visitor.waitsFor("#details", "#payment");
        }
        if (visitor.page.locator("#details").isVisible()) {
            visitor.continues();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "402 | insufficient_funds | | not enough money",
                "402 | lost_card | | Your card was declined",
                "429 | too_many_failed_payments | 3600 | in 60 minutes",
                "503 | stripe_busy | 2 | in a moment",
                "504 | backend_timeout | | the result is unknown"
            })
    void errors_between_the_payments(int status, String code, @Nullable Integer retryAfter, String words) {
        visitor.failsOnce("charge", status, code, retryAfter);
        visitor.opens();
        visitor.orders(1);
        visitor.pays(GOOD_CARD);

        visitor.seesProblem(words);
        saysNothingTechnical(code);
        PlaywrightAssertions.assertThat(visitor.page.locator("#devices-state"))
                .containsText("not be charged for it again");
        if (status == 402) {
            visitor.types(GOOD_CARD);
        }
        visitor.payButton().click();
        visitor.seesSuccess();
        assertBought(1);
    }

    @Test
    void a_customer_who_lost_the_cookie_after_paying_is_not_offered_a_new_registration() {
        visitor.failsOnce("charge", 401, "session_missing", null);
        visitor.opens();
        visitor.orders(1);
        visitor.pays(GOOD_CARD);

        visitor.seesProblem("Do not begin again");
        assertThat(visitor.page.locator(".problem:visible button").count()).isZero();
        assertBought(0);
    }

    @Test
    void a_request_that_is_in_flight_is_retried_until_it_completes() {
        var asked = new AtomicInteger();
        visitor.page.route("**/create-subscription", route -> {
            if (asked.incrementAndGet() < 3) {
                Problems.answer(route, 409, "request_in_flight", 1);
            } else {
                route.resume();
            }
        });
        visitor.opens();
        visitor.orders(0);

        assertThat(visitor.keysTo("/create-subscription")).hasSize(3);
        assertThat(visitor.keysTo("/create-subscription").stream().distinct()).hasSize(1);
    }

    private void saysNothingTechnical(String code) {
        assertThat(visitor.page.locator(".problem:visible").innerText()).doesNotContain(code, "_", "Exception", "HTTP");
    }
}
