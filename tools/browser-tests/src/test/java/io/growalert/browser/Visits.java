package io.growalert.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each test has one visitor with a separate browser profile. It asserts on the rows in PostgreSQL and the events in Kafka. */
@ExtendWith(Town.class)
@SuppressWarnings("NullAway.Init")
abstract class Visits {
    Browser browser;
    Shop shop;
    Visitor visitor;

    Shop.Kind kind() {
        return Shop.Kind.PLAIN;
    }

    @BeforeEach
    void arrive(TestInfo test) {
        var name = test.getTestMethod().orElseThrow().getName();
        // a parameterized test: [1] ...
        var number = test.getDisplayName().startsWith("[")
                ? "-" + test.getDisplayName().substring(1, test.getDisplayName().indexOf(']'))
                : "";
        visitor = new Visitor(browser, shop, name + number);
    }

    @AfterEach
    void leave() {
        visitor.picture("end");
        visitor.close();
        assertThat(visitor.complaints).isEmpty();
    }

    String customer() {
        return shop.witness.customerOf(visitor.email);
    }

    /** One customer with one running subscription, one payment for it, and one paid order of this many devices. */
    void assertBought(int devices) {
        assertBought("active", List.of("1900"), devices, 4_900);
    }

    /**
     * @param status of the only subscription that has not ended
     * @param plan the amounts charged for the plan
     */
    void assertBought(String status, List<String> plan, int devices, int each) {
        var amounts = new ArrayList<>(plan);
        if (devices > 0) {
            amounts.add(Integer.toString(devices * each));
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(shop.witness.rows(
                            "select status from billing.subscriptions where customer = ? and status <> 'incomplete_expired'",
                            customer()))
                    .containsExactly(status);
            assertThat(paidQuantities()).isEqualTo(devices == 0 ? List.of() : List.of(Integer.toString(devices)));
            assertThat(charged()).containsExactlyInAnyOrderElementsOf(amounts);
            assertThat(records(BillingRecord.Subscription.class))
                    .extracting(BillingRecord.Subscription::status)
                    .contains(status);
            assertThat(paidOrders()).hasSize(devices == 0 ? 0 : 1);
        });
    }

    /** Nothing was paid, and no payment was published. */
    void assertNothingCharged() {
        assertThat(charged()).isEmpty();
        assertThat(paidOrders()).isEmpty();
    }

    private List<String> paidQuantities() {
        return shop.witness.rows(
                "select quantity from billing.device_orders where customer = ? and status = 'paid'", customer());
    }

    List<String> charged() {
        return shop.witness.rows(
                "select amount from billing.charges where customer = ? and status = 'succeeded'", customer());
    }

    List<String> paidOrders() {
        return records(BillingRecord.DeviceOrder.class).stream()
                .filter(order -> order.status().equals("paid"))
                .map(BillingRecord::id)
                .distinct()
                .toList();
    }

    /** The published records. */
    <R extends BillingRecord> List<R> records(Class<R> kind) {
        return shop.witness.events(customer()).stream()
                .map(BillingEvent::record)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
