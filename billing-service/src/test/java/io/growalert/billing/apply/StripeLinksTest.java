package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.stripe.Kind;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The addresses of an invoice's pages at Stripe, which show the customer's address. */
class StripeLinksTest {
    private static final String URL = "https://i.example.com/1";

    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);

    @BeforeEach
    void customer() {
        bench.observe(
                Kind.CUSTOMER,
                "{\"id\": \"cus_1\", \"object\": \"customer\", \"created\": 5, \"metadata\": {\"growalert_request\": \"r\"}}",
                at(0));
    }

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    private Instant at(long second) {
        return Instant.ofEpochSecond(yesterday + second);
    }

    private static String invoice(String status, String links) {
        return """
                {"id": "in_1", "object": "invoice", "customer": "cus_1", "status": "%s", "currency": "eur", "amount_due": 500,
                 "amount_paid": 0, "amount_remaining": 500, "total": 500, "attempt_count": 0, "created": 1700000000%s}
                """.formatted(status, links);
    }

    private static String linked(String status) {
        return invoice(status, ", \"hosted_invoice_url\": \"%s\"".formatted(URL));
    }

    private String url() {
        return bench.text("select coalesce(hosted_url, 'none') from billing.invoices where id = 'in_1'");
    }

    @Test
    void those_of_a_deleted_customer_are_not_stored_again_by_a_later_reading() {
        bench.observe(Kind.INVOICE, linked("open"), at(1));
        assertThat(url()).isEqualTo(URL);
        bench.recorder.erase("cus_1", at(2));

        bench.observe(Kind.INVOICE, linked("paid"), at(3));

        assertThat(bench.text("select status from billing.invoices")).isEqualTo("paid");
        assertThat(url()).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_known_one_is_stored_although_a_later_state_has_none_whichever_arrives_first(boolean inOrder) {
        if (inOrder) {
            bench.observe(Kind.INVOICE, linked("open"), at(1));
        }
        bench.observe(Kind.INVOICE, invoice("paid", ""), at(2));
        if (!inOrder) {
            bench.observe(Kind.INVOICE, linked("open"), at(1));
        }

        assertThat(bench.text("select status from billing.invoices")).isEqualTo("paid");
        assertThat(url()).isEqualTo(URL);
    }

    @Test
    void of_two_states_in_one_batch_the_known_one_is_stored() {
        bench.store(
                stripe.emit("invoice.finalized", yesterday + 1, linked("open").replace('"', '\'')),
                stripe.emit("invoice.paid", yesterday + 2, invoice("paid", "").replace('"', '\'')));
        bench.settle();

        assertThat(bench.text("select status from billing.invoices")).isEqualTo("paid");
        assertThat(url()).isEqualTo(URL);
    }
}
