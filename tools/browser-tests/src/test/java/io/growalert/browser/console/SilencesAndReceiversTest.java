package io.growalert.browser.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.growalert.browser.console.Shapes.ago;
import static io.growalert.browser.console.Shapes.object;
import static io.growalert.browser.console.Shapes.silence;
import static io.growalert.browser.console.Shapes.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.growalert.browser.console.ConsoleServices.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The pages of silences and receivers. */
class SilencesAndReceiversTest extends ConsoleVisits {
    private void showsSilences() {
        var window = with(silence("s2", "lamps every day", "room=~veg-.*"), "origin", "window");
        var ended =
                with(silence("s3", "long over", "site=south"), "state", "ended", "endedAt", ago(Duration.ofMinutes(1)));
        services.answers(
                "GET",
                "/api/silences",
                asked -> Reply.of(
                        "ended".equals(asked.parameter("state"))
                                ? List.of(ended)
                                : List.of(silence("s1", "cleaning", "site=north", "monitor=humidity"), window)));
    }

    private Locator silenceRow(String comment) {
        return visitor.page.locator(".silence", new Page.LocatorOptions().setHasText(comment));
    }

    @Test
    void silences_are_listed_by_state_and_searched() {
        showsSilences();
        visitor.opens("/console/silences", ConsoleTown.OPERATOR);

        assertThat(visitor.page.locator(".silence")).hasCount(2);
        assertThat(silenceRow("cleaning")).containsText("2 notifications held");
        assertThat(silenceRow("lamps")).containsText("recurring window of the definition files");
        visitor.page.getByLabel("Search silences").fill("veg");
        assertThat(visitor.page.locator(".silence")).hasCount(1);
        visitor.page.getByLabel("Search silences").fill("");
        visitor.presses("Ended");
        assertThat(silenceRow("long over")).isVisible();
        assertThat(silenceRow("long over").locator("button")).hasCount(0);
        visitor.page.reload();
        assertThat(silenceRow("long over")).isVisible();
    }

    @Test
    void a_silence_is_added_with_the_number_of_incidents_that_it_matches() {
        showsSilences();
        services.answers(
                "GET",
                "/api/incidents",
                asked -> Reply.of(
                        List.of(Shapes.incident("one", "humidity", "FAILED", Map.of("site", "west"), Map.of()))));
        services.answers(
                "POST",
                "/api/silences",
                asked -> asked.json().path("comment").asString().equals("wrong")
                        ? new Reply(
                                400,
                                object(
                                        "title",
                                        "Bad",
                                        "status",
                                        400,
                                        "code",
                                        "invalid_field",
                                        "field",
                                        "matchers[0]",
                                        "detail",
                                        "matchers[0]: one matcher at least must not match an absent label"),
                                Map.of())
                        : new Reply(201, silence("new", "new lamps", "site=west"), Map.of()));
        visitor.opens("/console/silences", ConsoleTown.OPERATOR);
        visitor.presses("New silence");
        var form = visitor.page.locator("dialog");
        form.getByLabel("Matchers").fill("site=west");
        assertThat(form).containsText("Matches 1 open incident.");
        form.getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Silence")).click();
        assertThat(form).containsText("A reason is required.");
        form.getByLabel("Reason").fill("wrong");
        form.getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Silence")).click();

        assertThat(form).containsText("one matcher at least must not match an absent label");
        assertThat(form.getByLabel("Matchers")).isFocused();
        form.getByLabel("Reason").fill("new lamps");
        form.getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Silence")).click();
        assertThat(form).hasCount(0);
        assertThat(services.requests("POST", "/api/silences")).hasSize(2);
    }

    @Test
    void a_silence_is_changed_and_ended() {
        showsSilences();
        services.answers("PUT", "/api/silences/s1", asked -> Reply.of(silence("s1", "cleaning more", "site=north")));
        services.answers("DELETE", "/api/silences/s1", asked -> Reply.empty(204));
        visitor.opens("/console/silences", ConsoleTown.OPERATOR);
        silenceRow("cleaning")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("Change"))
                .click();
        visitor.page.getByLabel("End", ConsoleVisitor.exactly()).fill("2099-01-01T09:30");
        visitor.presses("Save");
        assertThat(visitor.page.locator("dialog")).hasCount(0);
        silenceRow("cleaning")
                .getByRole(AriaRole.BUTTON, ConsoleVisitor.inside("End"))
                .click();
        assertThat(visitor.page.locator("dialog")).containsText("2 notifications wait for its end.");
        visitor.presses("End it");
        assertThat(visitor.page.locator("dialog")).hasCount(0);

        var changed = services.requests("PUT", "/api/silences/s1").getFirst().json();
        assertThat(changed.path("comment").asString()).isEqualTo("cleaning");
        assertThat(changed.path("endsAt").asString()).isEqualTo("2099-01-01T08:30:00.000Z");
        assertThat(services.requests("DELETE", "/api/silences/s1")).hasSize(1);
    }

    private static Map<String, @Nullable Object> receiver(String name, String kind, String state, int parked) {
        return object(
                "name",
                name,
                "kind",
                kind,
                "state",
                state,
                "queued",
                12,
                "parked",
                parked,
                "held",
                2,
                "lastSuccess",
                ago(Duration.ofHours(2)),
                "lastFailure",
                parked > 0 ? ago(Duration.ofMinutes(1)) : null,
                "lastError",
                parked > 0 ? "answered 503: overloaded" : null);
    }

    private void showsReceivers() {
        services.shows(
                "/api/receivers",
                object(
                        "receivers",
                        List.of(receiver("ops", "slack", "closed", 0), receiver("pager", "pagerduty", "open", 3))));
    }

    private Locator receiverRow(String name) {
        return visitor.page.locator(".receiver", new Page.LocatorOptions().setHasText(name));
    }

    @Test
    void receivers_show_their_state_backlog_and_last_success_and_the_failing_ones_first() {
        showsReceivers();
        visitor.opens("/console/receivers", ConsoleTown.OPERATOR);

        assertThat(visitor.page.locator(".receiver").first()).containsText("pager");
        assertThat(receiverRow("pager")).containsText("Paused after failures");
        assertThat(receiverRow("pager")).containsText("answered 503: overloaded");
        assertThat(receiverRow("pager").locator(".bad")).containsText("3");
        assertThat(receiverRow("ops")).containsText("Accepts");
        assertThat(receiverRow("ops")).containsText("Last success 2 h");
        assertThat(receiverRow("ops").getByText("Redrive parked")).isHidden();
    }

    @Test
    void a_test_message_is_sent_and_its_outcome_shown() {
        showsReceivers();
        services.answers(
                "POST",
                "/api/receivers/ops/test",
                asked -> Reply.of(Map.of("receiver", "ops", "outcome", "delivered", "detail", "HTTP 200")));
        services.answers(
                "POST",
                "/api/receivers/pager/test",
                asked -> Reply.of(Map.of("receiver", "pager", "outcome", "rejected", "detail", "HTTP 410")));
        visitor.opens("/console/receivers", ConsoleTown.OPERATOR);
        receiverRow("ops").getByText("Send a test").click();
        assertThat(receiverRow("ops")).containsText("Delivered: HTTP 200");
        receiverRow("pager").getByText("Send a test").click();
        assertThat(receiverRow("pager")).containsText("Rejected, would be parked: HTTP 410");
    }

    @Test
    void what_is_parked_is_redriven() {
        showsReceivers();
        services.answers("POST", "/api/deliveries/redrive", asked -> Reply.of(Map.of("due", 3, "superseded", 1)));
        visitor.opens("/console/receivers", ConsoleTown.OPERATOR);
        receiverRow("pager").getByText("Redrive parked").click();
        visitor.page.locator("dialog").getByLabel("Parked in the last").selectOption("hour");
        visitor.presses("Redrive");

        assertThat(receiverRow("pager")).containsText("3 deliveries due again, 1 stay parked.");
        var sent =
                services.requests("POST", "/api/deliveries/redrive").getFirst().json();
        assertThat(sent.path("receiver").asString()).isEqualTo("pager");
        assertThat(Instant.parse(sent.path("since").asString()))
                .isBefore(Instant.now().minusSeconds(3_500));
    }
}
