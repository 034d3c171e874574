package io.growalert.billing.customer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Subscriber;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A change of the plan is charged once, although answers are lost and instances crash. */
@ExtendWith(OutputCaptureExtension.class)
class PlanChangeFaultsTest {
    private static final String UPDATE = "/v1/subscriptions/";

    @RegisterExtension
    private static final PlanScene SCENE = new PlanScene();

    static Stream<Fault> lostAnswers() {
        return Stream.of(new Fault.ErrorAfter(), new Fault.CutAfter(), new Fault.ErrorBefore());
    }

    @ParameterizedTest
    @MethodSource("lostAnswers")
    void a_change_whose_answer_was_lost_is_charged_once(Fault fault) {
        var customer = SCENE.subscribed("basic", Duration.ofDays(1));
        var preview = SCENE.preview(customer, "premium");
        SCENE.billing().stripe.faults().add(fault, When.next(2).on("POST", UPDATE));

        SCENE.change(customer, preview);
        SCENE.change(customer, preview);
        SCENE.billing().stripe.faults().clear();
        var answer = SCENE.change(customer, preview);

        assertThat(answer.json().path("status").asString()).isEqualTo("changed");
        assertThat(SCENE.plan(customer)).isEqualTo("premium");
        assertThat(SCENE.invoices(customer)).containsExactly("paid", "paid");
        assertThat(SCENE.billing().charged(customer.cookie())).hasSize(2);
    }

    @Test
    void a_change_is_finished_after_its_instance_was_killed_and_charged_once() {
        var customer = SCENE.subscribed("basic", Duration.ofDays(1));
        var preview = SCENE.preview(customer, "premium");
        SCENE.billing()
                .stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", UPDATE));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var other = SCENE.billing().beside(Map.of())) {
            var killed = CompletableFuture.supplyAsync(() -> SCENE.change(customer, preview), threads);
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
            assertThat(SCENE.change(customer, preview).json().path("status").asString())
                    .isEqualTo("changed");
            assertThat(SCENE.invoices(customer)).containsExactly("paid", "paid");
        }
    }

    /** As if the instances that work on requests were gone. */
    private static void killHolders() {
        SCENE.billing().database.jdbc().sql("""
                        update billing.requests set holder = gen_random_uuid(),
                            lease_until = clock_timestamp() - interval '1 second'
                        where state = 'open'
                        """).update();
    }

    private static int open(Subscriber customer) {
        return SCENE.billing()
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
        var customer = SCENE.subscribed("basic");
        var premium = SCENE.preview(customer, "premium");
        var yearly = SCENE.preview(customer, "premium-year");
        SCENE.billing()
                .stripe
                .faults()
                .add(new Fault.Hang(Duration.ofSeconds(2)), When.next(1).on("POST", UPDATE));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = CompletableFuture.supplyAsync(() -> SCENE.change(customer, premium), threads);
            await().until(() -> open(customer) == 1);

            var second = SCENE.change(customer, yearly);
            var same = SCENE.change(customer, premium);

            assertThat(second.code()).isEqualTo("change_in_progress");
            assertThat(second.header("Retry-After")).isNotEmpty();
            assertThat(same.code()).isEqualTo("request_in_flight");
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(SCENE.change(customer, yearly).code()).isEqualTo("amount_changed");
            assertThat(SCENE.plan(customer)).isEqualTo("premium");
        }
    }
}
