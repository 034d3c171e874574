package io.growalert.billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.PlainReason;
import io.growalert.runtime.brand.Brand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MailTemplatesTest {
    @TempDir
    private Path folder;

    private static MailValues values(String name) {
        var brand = new Brand(name, "#1a4fd6", null, "", "", "", "help@leafwatch.example");
        return new MailValues(brand, URI.create("https://leafwatch.example/"), false);
    }

    @ParameterizedTest
    @EnumSource
    void each_kind_has_a_subject_a_text_and_html_with_the_brand_and_the_way_to_the_account(MailKind kind)
            throws IOException {
        // an empty folder: the built-in templates are checked like those of an operator
        var rendered = MailTemplates.load(folder)
                .render(
                        kind,
                        values("Leafwatch").of(Map.of("amount", "119000", "currency", "eur"), "/x.html#token=abc"));

        assertThat(rendered.subject()).contains("Leafwatch").doesNotContain("{", "\n");
        assertThat(rendered.text())
                .contains("https://leafwatch.example/account.html", "Leafwatch", "help@leafwatch.example")
                .doesNotContain("{{", "GrowAlert", "\n\n\n");
        assertThat(rendered.html())
                .startsWith("<!doctype html>")
                .endsWith("</html>\n")
                .contains("Leafwatch", "https://leafwatch.example/account.html", "mailto:help@leafwatch.example")
                .doesNotContain("{{", "GrowAlert", "cid:logo");
        assertThat(rendered.text() + rendered.html()).matches("\\p{ASCII}*");
        assertThat(rendered.html().lines()).allMatch(line -> line.length() < 990);
    }

    @Test
    void values_are_readable_and_a_link_is_whole_in_the_text() {
        var templates = MailTemplates.load(null);
        var values = values("Leafwatch")
                .of(
                        Map.of(
                                "amount", "119000",
                                "currency", "eur",
                                "number", "A-0001",
                                "nextAttempt", "2026-12-01T09:00:00Z",
                                "invoiceUrl", "https://invoice.stripe.com/i/1?a=1&b=2",
                                "minutes", "15"),
                        "/sign-in.html#token=abc");

        assertThat(templates.render(MailKind.PAYMENT_FAILED, values).text())
                .contains(
                        "Your payment of 1,190.00 EUR for invoice A-0001 failed",
                        "https://invoice.stripe.com/i/1?a=1&b=2\n",
                        "try the payment again on 1 December 2026.");
        assertThat(templates.render(MailKind.PAYMENT_FAILED, values).html())
                .contains("Pay 1,190.00 EUR")
                .doesNotContain("?a=1&b=2");
        assertThat(templates.render(MailKind.SIGN_IN, values).text())
                .contains("\nhttps://leafwatch.example/sign-in.html#token=abc\n");
    }

    @ParameterizedTest
    @CsvSource({
        "MONITORS_PAUSE, none, Your plan has ended., Choose a plan",
        "MONITORS_PAUSE, unpaid, Your invoice is not paid., Pay the",
        "MONITORS_PAUSE, paused, Your plan is paused., Contact us to resume",
        "TRIAL_ENDING, none, Your plan then continues, change the plan or cancel",
        "TRIAL_ENDING, noCard, 'Without a card in your account, your plan ends', add a card"
    })
    void a_mail_asks_only_for_what_the_account_offers(MailKind kind, String section, String state, String way) {
        var values = values("Leafwatch")
                .of(
                        Map.of("pausesAt", "2026-12-01T09:00:00Z", "trialEnd", "2026-12-01T09:00:00Z", section, "true"),
                        null);

        var rendered = MailTemplates.load(null).render(kind, values);

        for (var text : new String[] {rendered.text(), rendered.html()}) {
            assertThat(text)
                    .containsOnlyOnce(state)
                    .contains(way, "1 December 2026")
                    .doesNotContain("\n\n\n");
        }
        var others = Stream.of(
                        "Your plan has ended.",
                        "Your invoice is not paid.",
                        "Your plan is paused.",
                        "Your plan then continues")
                .filter(other -> !other.equals(state))
                .toArray(String[]::new);
        assertThat(rendered.text() + rendered.html()).doesNotContain(others);
    }

    @Test
    void a_value_is_never_html() {
        var values = values("<b>Leaf</b>").of(Map.of("tracking", "<script>alert(1)</script>", "order", "o"), null);

        assertThat(MailTemplates.load(null).render(MailKind.SHIPPED, values).html())
                .contains("&lt;b&gt;Leaf", "&lt;script&gt;")
                .doesNotContain("<script>", "<b>Leaf");
    }

    @Test
    void a_file_replaces_one_template_and_a_part_of_all() throws IOException {
        Files.writeString(
                folder.resolve("shipped.txt.mustache"),
                "Subject: On its way\n\nOrder {{order}} left.\n{{>bottom.txt}}");
        Files.writeString(folder.resolve("bottom.txt.mustache"), "Bye from {{brand}}\n");
        var templates = MailTemplates.load(folder);
        var values = values("Leafwatch").of(Map.of("order", "ord_1"), null);

        var shipped = templates.render(MailKind.SHIPPED, values);
        assertThat(shipped.subject()).isEqualTo("On its way");
        assertThat(shipped.text()).isEqualTo("Order ord_1 left.\nBye from Leafwatch\n");
        assertThat(shipped.html()).contains("Your order was shipped");
        assertThat(templates.render(MailKind.REFUNDED, values).text())
                .contains("We refunded")
                .endsWith("Bye from Leafwatch\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "recipt.txt.mustache|Subject: x|no template has this name; expected such as receipt.txt.mustache",
                "receipt.txt.mustache|Thank you|expected 'Subject: ' and at most 250 characters in the first line",
                "receipt.html.mustache|{{amuont}}|amuont",
                "receipt.html.mustache|{{#number}}|number",
                "receipt.html.mustache|{{>middle.html}}|middle.html",
                "top.html.mustache|{{colour}}|colour",
            })
    void a_template_that_cannot_be_used_ends_the_start_with_its_name(String file, String content, String problem)
            throws IOException {
        Files.writeString(folder.resolve(file), content);

        assertThatThrownBy(() -> MailTemplates.load(folder))
                .isInstanceOf(PlainReason.class)
                .hasMessageContaining("growalert.billing.mail.templates: ")
                .hasMessageContaining(problem);
    }

    @Test
    void a_folder_that_is_missing_is_named() {
        assertThatThrownBy(() -> MailTemplates.load(folder.resolve("none")))
                .isInstanceOf(PlainReason.class)
                .hasMessageContaining("growalert.billing.mail.templates: cannot read the folder");
    }

    @ParameterizedTest
    @CsvSource({
        "119000, eur, '1,190.00 EUR'",
        "5, usd, 0.05 USD",
        "500, jpy, 500 JPY",
        "1234, kwd, 1.234 KWD",
        "-250, eur, -2.50 EUR"
    })
    void amounts_have_the_decimals_of_their_currency(long amount, String currency, String text) {
        assertThat(Money.format(amount, currency)).isEqualTo(text);
    }
}
