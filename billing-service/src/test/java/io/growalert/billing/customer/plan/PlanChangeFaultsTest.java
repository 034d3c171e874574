package io.growalert.billing.customer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A change of the plan is charged once, although answers are lost and instances crash. */
@ExtendWith(OutputCaptureExtension.class)
class PlanChangeFaultsTest {
    private static final String UPDATE = "/v1/subscriptions/";

    @SuppressWarnings("NullAway.Init")
    private static PlanScene scene;

    @BeforeAll
    static void open() throws IOException {
        scene = PlanScene.open(Map.of());
    }

    @AfterAll
    static void close() {
        scene.close();
    }

    @AfterEach
    void clearFaults() {
        scene.billing.stripe.faults().clear();
    }

    static Stream<Fault> lostAnswers() {
        return Stream.of(new Fault.ErrorAfter(), new Fault.CutAfter(), new Fault.ErrorBefore());
    }

    @ParameterizedTest
    @MethodSource("lostAnswers")
    void a_change_whose_answer_was_lost_is_charged_once(Fault fault) {
        var customer = scene.subscribed("basic", Duration.ofDays(1));
        var preview = scene.preview(customer, "premium");
        scene.billing.stripe.faults().add(fault, When.next(2).on("POST", UPDATE));

        scene.change(customer, preview);
        scene.change(customer, preview);
        scene.billing.stripe.faults().clear();
        var answer = scene.change(customer, preview);

        assertThat(answer.json().path("status").asString()).isEqualTo("changed");
        assertThat(scene.plan(customer)).isEqualTo("premium");
        assertThat(scene.invoices(customer)).containsExactly("paid", "paid");
        assertThat(scene.billing.charged(customer.cookie())).hasSize(2);
    }

    @Test
    void a_change_is_finished_after_its_instance_was_killed_and_charged_once() {
        var customer = scene.subscribed("basic", Duration.ofDays(1));
        var preview = scene.preview(customer, "premium");
        scene.billing
                .stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", UPDATE));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var other = scene.billing.beside(Map.of())) {
            var killed = CompletableFuture.supplyAsync(() -> scene.change(customer, preview), threads);
            await().until(() -> open(customer) == 1);
            killHolders();

            var resumed = other.post(
                    "/subscription/change",
                    customer.cookie(),
                    "{\"priceId\": %s, \"prorationDate\": %s}"
                            .formatted(
                                    preview.json().path("priceId"),
                                    preview.json().path("prorationDate")));
            killed.join();

            assertThat(resumed.status()).isIn(200, 409, 503);
            assertThat(scene.change(customer, preview).json().path("status").asString())
                    .isEqualTo("changed");
            assertThat(scene.invoices(customer)).containsExactly("paid", "paid");
        }
    }

    /** As if the instances that work on requests were gone. */
    private static void killHolders() {
        scene.billing.database.jdbc().sql("""
                        update billing.requests set holder = gen_random_uuid(),
                            lease_until = clock_timestamp() - interval '1 second'
                        where state = 'open'
                        """).update();
    }

    private static int open(Subscriber customer) {
        return scene.billing
                .database
                .jdbc()
                .sql("""
                        select count(*) from billing.requests
                        where customer = :customer and endpoint = 'change-subscription' and state = 'open'
                        """)
                .param("customer", customer.id())
                .query(Integer.class)
                .single();
    }

    @Test
    void of_two_changes_at_once_one_is_refused() {
        var customer = scene.subscribed("basic");
        var premium = scene.preview(customer, "premium");
        var yearly = scene.preview(customer, "premium-year");
        scene.billing
                .stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", UPDATE));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = CompletableFuture.supplyAsync(() -> scene.change(customer, premium), threads);
            await().until(() -> open(customer) == 1);

            var second = scene.change(customer, yearly);
            var same = scene.change(customer, premium);

            assertThat(second.code()).isEqualTo("change_in_progress");
            assertThat(second.header("Retry-After")).isNotEmpty();
            assertThat(same.code()).isEqualTo("request_in_flight");
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(scene.change(customer, yearly).code()).isEqualTo("amount_changed");
            assertThat(scene.plan(customer)).isEqualTo("premium");
        }
    }
}
