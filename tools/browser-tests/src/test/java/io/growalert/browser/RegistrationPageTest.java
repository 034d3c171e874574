package io.growalert.browser;

import static io.growalert.browser.Visitor.GOOD_CARD;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The registration as its customers see it: its fields, its button, its sentences, the delivery address, and what happens next. */
class RegistrationPageTest extends Visits {
    @Test
    void a_corrected_field_loses_its_error_at_once() {
        visitor.opens();
        var email = visitor.page.getByLabel("E-mail address");
        var quantity = visitor.page.getByLabel("Number of monitor devices");
        email.fill("grower");
        quantity.fill("101");
        visitor.continues();
        PlaywrightAssertions.assertThat(visitor.page.locator("#email-problem")).containsText("name@example.com");

        email.fill("grower@example.com");
        PlaywrightAssertions.assertThat(visitor.page.locator("#email-problem")).isEmpty();
        PlaywrightAssertions.assertThat(email).hasAttribute("aria-invalid", "false");
        PlaywrightAssertions.assertThat(visitor.page.locator("#quantity-problem"))
                .containsText("0 to 100");
        quantity.fill("2");
        PlaywrightAssertions.assertThat(visitor.page.locator("#quantity-problem"))
                .isEmpty();
    }

    @Test
    void an_incomplete_card_focuses_its_field_and_its_error_appears_once() {
        visitor.opens();
        visitor.orders(0);
        var form = visitor.page.locator("#payment form");
        form.getByLabel("Card number").fill(GOOD_CARD);
        form.getByLabel("Expiration date").fill("12 / 34");
        visitor.continues();

        PlaywrightAssertions.assertThat(form.getByLabel("Security code")).isFocused();
        PlaywrightAssertions.assertThat(visitor.page.getByText("Your card's security code is incomplete."))
                .hasCount(1);
        PlaywrightAssertions.assertThat(visitor.page.locator(".problem:visible"))
                .hasCount(0);
        visitor.picture("incomplete");
        assertNothingCharged();
    }

    @Test
    void the_test_system_is_named_once() {
        visitor.opens();
        var named = visitor.page.getByText(Pattern.compile("no money moves"));
        PlaywrightAssertions.assertThat(named).hasCount(1);
        visitor.orders(0);

        PlaywrightAssertions.assertThat(named).hasCount(1);
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment")).not().containsText("sandbox");
    }

    @Test
    void on_a_phone_the_button_stays_in_sight() {
        visitor.opens();
        visitor.fills(2);
        isInSight();
        visitor.continues();
        PlaywrightAssertions.assertThat(visitor.page.locator("#shipping")).isVisible();
        isInSight();
        visitor.delivers();
        isInSight();
        // the field with the focus is not below the button
        visitor.page.getByLabel("Postal code").last().focus();
        assertThat((Boolean) visitor.page.evaluate("""
                        (box => document.elementFromPoint(box.x + 5, box.y + box.height / 2) === document.activeElement)(
                          document.activeElement.getBoundingClientRect())
                        """)).isTrue();
    }

    /** At the top of the page, on a small phone and on a usual one. */
    private void isInSight() {
        for (var screen : List.of(List.of(390, 844), List.of(320, 568))) {
            visitor.page.setViewportSize(screen.getFirst(), screen.getLast());
            visitor.page.evaluate("scrollTo(0, 0)");
            PlaywrightAssertions.assertThat(visitor.payButton())
                    .isInViewport(new LocatorAssertions.IsInViewportOptions().setRatio(1));
        }
    }

    @Test
    void the_delivery_address_is_sent_with_the_order_and_stored_for_the_tab_alone() {
        visitor.opens();
        visitor.orders(2);
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment-place"))
                .containsText("Greta Grower, Gartenweg 7, 10115 Berlin, Germany");
        assertThat(storedForAllTabs()).contains(visitor.email).doesNotContain("Greta", "Gartenweg");
        visitor.page.reload();
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment-place")).containsText("Gartenweg 7");
        visitor.page.locator("#payment-place button").click();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("City")).hasValue("Berlin");
        visitor.page.getByLabel("City").fill("Potsdam");
        visitor.continues();
        AccessTest.isAccessible(visitor, "payment-with-address");
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertThat(visitor.requestsTo("/charge")).singleElement().satisfies(request -> assertThat(request.postData())
                .contains("\"shipping\":{\"name\":\"Greta Grower\",\"line1\":\"Gartenweg 7\",\"postalCode\":\"10115\","
                        + "\"city\":\"Potsdam\",\"country\":\"DE\"}")
                .contains("\"expectedCurrency\":\"eur\""));
        assertThat(storedForAllTabs()).doesNotContain("Greta", "Gartenweg");
        assertBought(2);
    }

    private String storedForAllTabs() {
        return (String) visitor.page.evaluate("JSON.stringify(localStorage)");
    }

    @Test
    void the_fields_of_the_address_are_required_and_accessible() {
        visitor.opens();
        visitor.fills(1);
        visitor.continues();
        PlaywrightAssertions.assertThat(visitor.page.locator("#shipping-title")).isFocused();
        AccessTest.isAccessible(visitor, "delivery");
        visitor.page.getByLabel("Full name").fill("Greta Grower");
        visitor.continues();

        PlaywrightAssertions.assertThat(visitor.page.getByLabel("Street and number"))
                .isFocused();
        PlaywrightAssertions.assertThat(visitor.page.locator("#shipping-address-line1-problem"))
                .hasText("Enter a street and a number.");
        PlaywrightAssertions.assertThat(visitor.page.locator("#shipping-address-line2-problem"))
                .isEmpty();
        AccessTest.isAccessible(visitor, "wrong-delivery");
        visitor.page.getByLabel("Street and number").fill("Gartenweg 7");
        PlaywrightAssertions.assertThat(visitor.page.locator("#shipping-address-line1-problem"))
                .isEmpty();
    }

    @Test
    void with_stripes_own_script_its_element_asks_for_the_address() {
        visitor.page.route("**/page-config", route -> {
            var own = route.fetch();
            route.fulfill(new Route.FulfillOptions()
                    .setResponse(own)
                    .setBody(own.text().replace("\"stripe\":false", "\"stripe\":true")));
        });
        visitor.everyTabRuns(ADDRESS_ELEMENT);
        visitor.opens();
        visitor.fills(1);
        visitor.continues();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("Address of the element"))
                .isVisible();
        assertThat(visitor.page.evaluate("JSON.stringify(addressOptions)").toString())
                .contains("\"mode\":\"shipping\"", "\"phone\":\"always\"");
        visitor.continues();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("Address of the element"))
                .isFocused();
        PlaywrightAssertions.assertThat(visitor.page.locator("#payment")).isHidden();
        visitor.page.getByLabel("Address of the element").fill("Gartenweg 7");
        visitor.continues();
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertThat(visitor.requestsTo("/charge")).singleElement().satisfies(request -> assertThat(request.postData())
                .contains("\"shipping\":{\"name\":\"Greta Grower\",\"line1\":\"Gartenweg 7\",\"city\":\"Berlin\","
                        + "\"postalCode\":\"10115\",\"country\":\"DE\",\"phone\":\"+49301234\"}"));
    }

    /** The part of Stripe's Address Element that the page uses. */
    private static final String ADDRESS_ELEMENT = """
            (() => {
              let wrapped;
              function addressElement(options) {
                window.addressOptions = options;
                const input = document.createElement('input');
                input.setAttribute('aria-label', 'Address of the element');
                return {
                  mount: place => place.append(input),
                  focus: () => input.focus(),
                  getValue: async () => {
                    // as slow as an element in an iframe can be
                    await new Promise(resolve => setTimeout(resolve, 300));
                    return {complete: input.value !== '', value: {
                      name: 'Greta Grower',
                      phone: '+49301234',
                      address: {line1: input.value, line2: null, city: 'Berlin', postal_code: '10115', state: '', country: 'DE'},
                    }};
                  },
                };
              }
              Object.defineProperty(window, 'Stripe', {
                get: () => wrapped,
                set(made) {
                  wrapped = (...given) => {
                    const stripe = made(...given);
                    const elementsOf = stripe.elements;
                    stripe.elements = options => {
                      const elements = elementsOf(options);
                      const create = elements.create.bind(elements);
                      elements.create = (type, each) => (type === 'address' ? addressElement(each) : create(type, each));
                      return elements;
                    };
                    return stripe;
                  };
                },
              });
            })();
            """;

    @Test
    void the_end_says_what_happens_next_and_leads_to_the_account_without_ids() {
        visitor.opens();
        visitor.orders(2);
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        var bought = visitor.page.locator("#bought");
        PlaywrightAssertions.assertThat(bought).containsText("What happens next");
        PlaywrightAssertions.assertThat(bought)
                .containsText("We send your 2 monitor devices to Greta Grower, Gartenweg 7, 10115 Berlin, Germany.");
        PlaywrightAssertions.assertThat(bought).containsText("Your plan is active from now on.");
        assertThat(visitor.page.locator("body").innerText())
                .doesNotContain("sub_", "ch_", "pi_", "Nothing was bought", "smallest unit");
        PlaywrightAssertions.assertThat(bought.getByText("Go to my account")).hasAttribute("href", "account.html");
        visitor.widePicture("success");
    }

    @Test
    void without_a_price_of_devices_a_plan_alone_is_ordered() {
        visitor.page.route("**/config", route -> {
            var own = route.fetch();
            route.fulfill(new Route.FulfillOptions()
                    .setResponse(own)
                    .setBody(own.text().replaceFirst("\"device\":\\{[^}]*}", "\"device\":null")));
        });
        visitor.opens();
        PlaywrightAssertions.assertThat(visitor.page.getByLabel("Number of monitor devices"))
                .isHidden();
        visitor.page.getByLabel("E-mail address").fill(visitor.email);
        visitor.continues();
        visitor.pays(GOOD_CARD);

        visitor.seesSuccess();
        assertBought(0);
    }

    @Test
    void a_plan_is_named_in_the_sum_as_a_person_would() {
        visitor.opens();

        assertThat(visitor.page.evaluate("""
                        names => import('/register/money.js')
                          .then(page => names.map(name => page.planOf({product: {name}})))
                        """, List.of("Monthly", "GrowAlert, by the year", "Pro-plus")))
                .isEqualTo(List.of("Monthly plan", "GrowAlert, by the year", "Pro plus"));
    }
}
