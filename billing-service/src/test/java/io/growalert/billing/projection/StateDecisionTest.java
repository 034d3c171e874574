package io.growalert.billing.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.projection.ObjectVersion.State;
import io.growalert.events.BillingRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateDecisionTest {
    private static final int CUSTOMER_DELETED = LifecycleStage.CUSTOMER_DELETED.rankWhenFetched();

    @ParameterizedTest(name = "{0} at {1} and rank {2}: {3}")
    @CsvSource({
        // the recorded state has digest x, second 10, rank 3
        "y,  9, 1, EARLIER",
        "y,  9, 5, EARLIER",
        "y, 11, 1, LATER",
        "y, 10, 2, LESS_FAR",
        "y, 10, 4, FURTHER",
        "y, 10, 3, TIE",
        "x,  9, 3, SAME",
        "x, 10, 3, SAME",
        "x, 11, 3, SAME",
        "y,  9, 19, DELETED",
        "y, 10, 19, DELETED",
        "y, 11, 19, DELETED"
    })
    void compares_the_second_then_the_rank(String digest, long second, int rank, StateDecision expected) {
        assertThat(StateDecision.of(recorded(10, 3, "x"), state(second, rank, digest)))
                .isEqualTo(expected);
    }

    @Test
    void a_first_state_is_applied() {
        assertThat(StateDecision.of(null, state(1, 0, "x"))).isEqualTo(StateDecision.FIRST);
    }

    @Test
    void nothing_comes_after_a_deleted_customer() {
        var deleted = recorded(10, CUSTOMER_DELETED, "gone");

        assertThat(StateDecision.of(deleted, state(11, 1, "y"))).isEqualTo(StateDecision.AFTER_DELETION);
        assertThat(StateDecision.of(deleted, state(9, 1, "y"))).isEqualTo(StateDecision.AFTER_DELETION);
        assertThat(StateDecision.of(deleted, state(11, CUSTOMER_DELETED, "gone")))
                .isEqualTo(StateDecision.SAME);
    }

    @Test
    void a_state_seen_again_counts_for_the_later_second() {
        var seen = recorded(10, 3, "x").seen(state(12, 1, "x"));

        assertThat(seen.state()).isEqualTo(state(12, 1, "x"));
        assertThat(seen.version()).isEqualTo(1);
        assertThat(StateDecision.of(seen, state(11, 3, "y"))).isEqualTo(StateDecision.EARLIER);
    }

    @Test
    void a_state_seen_again_in_the_same_second_counts_for_the_higher_rank() {
        var created = recorded(10, 0, "x");

        var seen = created.seen(state(10, 1, "x"));

        assertThat(StateDecision.of(created, state(10, 1, "y"))).isEqualTo(StateDecision.FURTHER);
        assertThat(StateDecision.of(seen, state(10, 1, "y"))).isEqualTo(StateDecision.TIE);
        assertThat(seen.seen(state(10, 0, "x"))).isEqualTo(seen);
    }

    @Test
    void a_deletion_does_not_reset_the_second() {
        var deleted = recorded(10, 3, "x").changed("cus_1", state(9, CUSTOMER_DELETED, "gone"));

        assertThat(deleted.state().asOf()).isEqualTo(Instant.ofEpochSecond(10));
        assertThat(deleted.version()).isEqualTo(2);
    }

    @Test
    void every_order_and_any_number_of_copies_end_as_the_orderly_history() {
        var random = new Random(7);
        for (int history = 0; history < 3_000; history++) {
            var states = history(random);
            var last = states.getLast();
            for (int order = 0; order < 8; order++) {
                var arrivals = new ArrayList<>(states);
                for (int copy = random.nextInt(6); copy > 0; copy--) {
                    arrivals.add(states.get(random.nextInt(states.size())));
                }
                Collections.shuffle(arrivals, random);

                assertThat(end(arrivals, last, random).digest())
                        .as("history %d: %s came as %s", history, states, arrivals)
                        .isEqualTo(last.digest());
            }
        }
    }

    /** Enters the states, and the undecided ones again after the object was fetched at some later time. */
    private static State end(List<State> arrivals, State last, Random random) {
        var versions = new HashMap<String, ObjectVersion>();
        var undecided = new ArrayList<State>();
        var pending = new ArrayList<>(arrivals);
        while (!pending.isEmpty()) {
            var next = pending.removeFirst();
            if (enter(versions, next) == StateDecision.TIE) {
                undecided.add(next);
            }
            boolean fetches = !undecided.isEmpty() && (pending.isEmpty() || random.nextInt(4) == 0);
            if (fetches) {
                var fetched = new State(last.asOf().plusSeconds(2), true, 2 * (last.rank() / 2) + 1, last.digest());
                enter(versions, fetched);
                pending.addAll(random.nextInt(pending.size() + 1), undecided);
                undecided.clear();
            }
        }
        return Objects.requireNonNull(versions.get("object")).state();
    }

    private static StateDecision enter(Map<String, ObjectVersion> versions, State state) {
        var known = versions.get("object");
        var decision = StateDecision.of(known, state);
        switch (decision.verdict()) {
            case APPLY ->
                versions.put(
                        "object",
                        known == null
                                ? new ObjectVersion("object", "charge", null, state, 1)
                                : known.changed(null, state));
            case SAME -> versions.computeIfPresent("object", (_, version) -> version.seen(state));
            case STALE, UNDECIDED -> {}
        }
        return decision;
    }

    /** An object's states: the second and the stage only grow, the first event is its {@code .created}, many share a second. */
    private static List<State> history(Random random) {
        var states = new ArrayList<State>();
        int second = 100;
        int stage = 0;
        int content = random.nextInt(3);
        for (int event = 0; event < 1 + random.nextInt(7); event++) {
            second += random.nextInt(3);
            if (stage < 3 && random.nextInt(3) == 0) {
                stage++;
            }
            if (random.nextInt(3) > 0) {
                // may return to an earlier content
                content = random.nextInt(3);
            }
            states.add(state(second, 2 * stage + (event == 0 ? 0 : 1), "stage" + stage + "content" + content));
        }
        return states;
    }

    @ParameterizedTest
    @CsvSource({
        "incomplete, customer.subscription.created, 0",
        "active, customer.subscription.created, 2",
        "incomplete, customer.subscription.updated, 1",
        "active, customer.subscription.updated, 3",
        "past_due, customer.subscription.updated, 3",
        "canceled, customer.subscription.deleted, 5",
        "incomplete_expired, customer.subscription.updated, 5"
    })
    void a_subscription_is_further_by_its_stage_and_then_by_not_being_new(String status, String type, int rank) {
        var subscription = new BillingRecord.Subscription(
                "sub_1", "cus_1", status, "usd", List.of(), false, null, null, null, null, null, Instant.EPOCH);

        assertThat(LifecycleStage.of(subscription).rankInEvent(type)).isEqualTo(rank);
    }

    @ParameterizedTest
    @CsvSource({
        "invoice.created, INVOICE",
        "invoice.payment_failed, INVOICE",
        "invoice_payment.paid, INVOICE_PAYMENT",
        "customer.subscription.trial_will_end, SUBSCRIPTION",
        "customer.deleted, CUSTOMER",
        "charge.refunded, CHARGE",
        "charge.refund.updated, REFUND",
        "charge.dispute.created, DISPUTE",
        "refund.failed, REFUND",
        "payment_intent.succeeded, PAYMENT"
    })
    void an_event_type_has_the_kind_of_its_object(String type, io.growalert.billing.stripe.Kind kind) {
        assertThat(EventTypes.kind(type)).contains(kind);
    }

    @Test
    void no_record_depends_on_other_event_types() {
        for (var type : Set.of("invoice.upcoming", "invoiceitem.created", "customer.source.created", "price.created")) {
            assertThat(EventTypes.areApplied(type)).as(type).isFalse();
        }
    }

    private static ObjectVersion recorded(long second, int rank, String digest) {
        return new ObjectVersion("object", "charge", null, state(second, rank, digest), 1);
    }

    private static State state(long second, int rank, String digest) {
        return new State(Instant.ofEpochSecond(second), false, rank, digest);
    }
}
