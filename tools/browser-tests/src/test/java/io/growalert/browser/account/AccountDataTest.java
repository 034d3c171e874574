package io.growalert.browser.account;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.account.AccountShapes.ADDRESS;
import static io.growalert.browser.account.AccountShapes.order;
import static io.growalert.browser.account.AccountShapes.orders;

import io.growalert.browser.account.AccountBackend.CannedResponse;
import java.nio.file.Files;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a customer changes about orders and data. */
class AccountDataTest extends AccountVisits {
    @Test
    void an_order_without_an_address_gets_one() {
        billing.answers("GET", "/orders", 200, orders(order("cg_1", "address_missing", "null", "")));
        billing.answers("POST", "/orders/cg_1/shipping", _ -> {
            billing.answers("GET", "/orders", 200, orders(order("cg_1", "open", ADDRESS, "")));
            return new CannedResponse(200, "{}");
        });
        opens(AccountShapes.active());
        assertThat(part("orders")).containsText("Address needed");
        assertThat(part("orders")).containsText("Tell us where to send them");
        looksAround("address-missing");
        presses("Add the address");
        presses("Send it there");
        assertThat(page.getByLabel("Full name")).isFocused();
        assertThat(page.getByText("Enter a city.")).isVisible();
        looksAround("address-form");
        fillsAddress(part("orders"));
        assertThat(page.getByText("Enter a city.")).hasCount(0);
        presses("Send it there");

        sees("orders", "Your order goes to this address.");
        assertThat(part("orders")).containsText("Goes to Greta Grower");
        Assertions.assertThat(billing.calls("POST", "/orders/cg_1/shipping"))
                .singleElement()
                .satisfies(call -> Assertions.assertThat(call.json().path("shipping"))
                        .isEqualTo(JsonMapper.shared().readTree(ADDRESS)));
    }

    @Test
    void the_address_of_the_account_changes_by_a_mailed_link() {
        billing.answers("POST", "/email", 202, "");
        opens(AccountShapes.active());
        presses("Change e-mail address");
        presses("Send me a link");
        assertThat(page.getByLabel("New e-mail address")).isFocused();
        page.getByLabel("New e-mail address").fill("new@example.com");
        presses("Send me a link");

        sees("personal", "If no other account has the address new@example.com, a link is on its way to it.");
        assertThat(part("address")).hasText("greta@example.com");
    }

    @Test
    void an_address_that_the_server_rejects_is_marked_at_its_field() {
        billing.answers("POST", "/email", _ -> CannedResponse.problem(400, "invalid_field", ", \"field\": \"email\""));
        opens(AccountShapes.active());
        presses("Change e-mail address");
        page.getByLabel("New e-mail address").fill("new@example.c");
        presses("Send me a link");

        assertThat(page.locator("#new-email-problem")).hasText("Enter an e-mail address, such as name@example.com.");
        assertThat(page.getByLabel("New e-mail address")).isFocused();
        assertThat(part("personal").locator(".problem")).isHidden();
        page.getByLabel("New e-mail address").fill("new@example.com");
        assertThat(page.locator("#new-email-problem")).isEmpty();
        billing.refuses("POST", "/email", 503, "stripe_unavailable");
        presses("Send me a link");
        seesProblem("personal", "We cannot do this at present.");
        assertThat(part("personal").locator(".problem")).not().containsText("charge you twice");
    }

    @Test
    void the_data_is_downloaded() throws Exception {
        billing.answers("GET", "/account/export", 200, "{\"customer\": {\"id\": \"cus_1\"}}");
        opens(AccountShapes.active());
        var download = page.waitForDownload(() -> presses("Download my data"));

        Assertions.assertThat(download.suggestedFilename()).isEqualTo("my-data.json");
        Assertions.assertThat(Files.readString(download.path())).contains("\"id\": \"cus_1\"");
        sees("personal", "Your data is in the file my-data.json.");
    }

    @Test
    void an_account_is_deleted_after_the_word_is_typed() {
        billing.answers("DELETE", "/account", 204, "");
        opens(AccountShapes.active());
        presses("Delete my account");
        presses("Delete my account");
        assertThat(page.getByText("Type the word delete.")).isVisible();
        looksAround("delete");
        Assertions.assertThat(billing.calls("DELETE", "/account")).isEmpty();
        page.getByLabel("Type \"delete\" to confirm").fill("delete");
        presses("Delete my account");

        assertThat(part("message-title")).hasText("Your account is deleted");
        assertThat(part("message")).containsText("Your plan has ended, and you are signed out.");
        Assertions.assertThat(billing.calls("DELETE", "/account"))
                .singleElement()
                .satisfies(call -> Assertions.assertThat(call.body()).isEqualTo("{\"confirm\":\"delete\"}"));
    }

    @Test
    void an_account_without_a_plan_is_deleted_without_a_word_about_one() {
        billing.answers("DELETE", "/account", 204, "");
        opens(AccountShapes.none());
        presses("Delete my account");
        page.getByLabel("Type \"delete\" to confirm").fill("delete");
        presses("Delete my account");

        assertThat(part("message")).containsText("You are signed out.");
        assertThat(part("message")).not().containsText("plan");
    }

    @ParameterizedTest
    @ValueSource(strings = {"open_invoice", "open_order"})
    void an_account_with_something_open_is_not_deleted(String code) {
        billing.refuses("DELETE", "/account", 409, code);
        opens(AccountShapes.active());
        presses("Delete my account");
        page.getByLabel("Type \"delete\" to confirm").fill("delete");
        presses("Delete my account");

        seesProblem("personal", "There is an o");
    }

    @Test
    void a_session_that_ends_meanwhile_is_signed_in_again() {
        billing.refuses("POST", "/cancel-subscription", 401, "session_expired");
        opens(AccountShapes.active());
        presses("Cancel plan");
        presses("Yes, cancel my plan");

        assertThat(part("expired")).isVisible();
        assertThat(part("overview")).isHidden();
    }

    @Test
    void signing_out_ends_the_session() {
        billing.answers("POST", "/sign-out", 204, "");
        opens(AccountShapes.active());
        presses("Sign out");

        assertThat(part("message-title")).hasText("You are signed out");
        assertThat(part("overview")).isHidden();
    }
}
