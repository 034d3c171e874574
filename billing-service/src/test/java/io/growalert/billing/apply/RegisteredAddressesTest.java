package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The e-mail address at Stripe is the one by which a customer signs in. */
class RegisteredAddressesTest {
    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    @Test
    void a_customer_whose_registration_is_missing_gets_one() {
        emit("customer.created", 0, "Jo@Example.com");

        assertThat(registration()).isEqualTo("cus_1 jo@example.com 0 false");
    }

    @Test
    void an_unchanged_address_stays_verified() {
        verified("jo@example.com");
        emit("customer.created", 0, "Jo@Example.com");

        assertThat(registration()).isEqualTo("cus_1 jo@example.com 3 true");
    }

    @Test
    void a_changed_address_is_unverified_and_ends_the_sessions_once() {
        verified("jo@example.com");
        emit("customer.updated", 1, "new@example.com");
        emit("customer.updated", 0, "old@example.com");
        emit("customer.updated", 1, "new@example.com");

        assertThat(registration()).isEqualTo("cus_1 new@example.com 4 false");
        assertThat(bench.count("select count(*) from billing.sign_in_links")).isZero();
    }

    @Test
    void a_customer_without_address_keeps_the_registration() {
        verified("jo@example.com");
        emit("customer.updated", 1, "");

        assertThat(registration()).isEqualTo("cus_1 jo@example.com 3 true");
    }

    @Test
    void a_foreign_customer_gets_none() {
        bench.store(stripe.emit(
                "customer.created",
                yesterday,
                "{'id': 'cus_1', 'object': 'customer', 'email': 'jo@example.com', 'created': 5}"));
        bench.settle();

        assertThat(bench.count("select count(*) from billing.registrations")).isZero();
    }

    @Test
    void a_deleted_customers_registration_and_links_are_deleted() {
        verified("jo@example.com");
        emit("customer.deleted", 1, "jo@example.com");

        assertThatNothingIsLeft();
    }

    @Test
    void an_erased_customers_registration_and_links_are_deleted_once_more() {
        verified("jo@example.com");
        bench.recorder.erase("cus_1", Instant.now());
        assertThatNothingIsLeft();

        verified("jo@example.com");
        bench.recorder.erase("cus_1", Instant.now());
        assertThatNothingIsLeft();
    }

    private void assertThatNothingIsLeft() {
        assertThat(bench.count("select count(*) from billing.registrations")).isZero();
        assertThat(bench.count("select count(*) from billing.sign_in_links")).isZero();
    }

    private void verified(String address) {
        bench.jdbc.sql("""
                        insert into billing.registrations (customer, address, verified_at, generation)
                        values ('cus_1', :address, now(), 3)
                        """).param("address", address).update();
        bench.jdbc
                .sql("insert into billing.sign_in_links (digest, customer, expires_at) values ('x', 'cus_1', now())")
                .update();
    }

    private void emit(String type, long after, String email) {
        bench.store(stripe.emit(type, yesterday + after, """
                {'id': 'cus_1', 'object': 'customer', 'email': %s, 'created': 5, 'metadata': {'growalert_request': 'r'}}
                """.formatted(email.isEmpty() ? "null" : "'" + email + "'")));
        bench.settle();
    }

    private String registration() {
        return bench.text("""
                select concat_ws(' ', customer, address, generation, (verified_at is not null)::text)
                from billing.registrations
                """);
    }
}
