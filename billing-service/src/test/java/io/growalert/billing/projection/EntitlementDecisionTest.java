package io.growalert.billing.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.projection.EntitlementDecision.Terms;
import io.growalert.events.Entitlement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntitlementDecisionTest {
    private static final Instant CREATED = Instant.parse("2026-10-01T10:00:00Z");
    private static final Instant AS_OF = CREATED.plus(Duration.ofDays(40));
    private static final Instant PERIOD_END = CREATED.plus(Duration.ofDays(60));
    private static final Instant TRIAL_END = CREATED.plus(Duration.ofDays(14));

    private static Terms terms(String status) {
        return terms(status, CREATED, null);
    }

    private static Terms terms(String status, Instant createdAt, @Nullable Instant endedAt) {
        return new Terms(status, AS_OF, createdAt, TRIAL_END, null, endedAt, PERIOD_END, null);
    }

    private static Optional<Entitlement> decide(@Nullable Entitlement before, Terms... subscriptions) {
        return EntitlementDecision.of("cus_1", List.of(subscriptions), null, before);
    }

    private static Entitlement entitlement(String status, boolean entitled, @Nullable Instant until) {
        return new Entitlement("cus_1", 1, AS_OF, status, entitled, until);
    }

    @ParameterizedTest
    @CsvSource({"trialing", "active", "past_due", "a_status_of_the_future"})
    void a_subscription_that_has_not_ended_allows_monitoring_until_the_end_of_its_period(String status) {
        assertThat(decide(null, terms(status))).contains(entitlement(status, true, PERIOD_END));
    }

    @Test
    void a_scheduled_end_is_before_the_end_of_the_period() {
        var ends = AS_OF.plusSeconds(60);
        var scheduled = new Terms("active", AS_OF, CREATED, null, ends, null, PERIOD_END, null);

        assertThat(decide(null, scheduled)).contains(entitlement("active", true, ends));
    }

    @Test
    void a_canceled_subscription_ended_when_stripe_says() {
        var ended = CREATED.plus(Duration.ofDays(30));

        assertThat(decide(null, terms("canceled", CREATED, ended))).contains(entitlement("canceled", false, ended));
        assertThat(decide(null, terms("canceled"))).contains(entitlement("canceled", false, AS_OF));
    }

    @Test
    void a_subscription_without_a_card_after_its_trial_ended_with_the_trial() {
        assertThat(decide(null, terms("paused"))).contains(entitlement("paused", false, TRIAL_END));
    }

    @Test
    void an_unpaid_subscription_ended_when_it_was_first_seen_unpaid() {
        var since = AS_OF.minus(Duration.ofDays(3));
        var before = new Entitlement("cus_1", 4, since, "unpaid", false, since);

        assertThat(decide(entitlement("past_due", true, PERIOD_END), terms("unpaid")))
                .contains(new Entitlement("cus_1", 2, AS_OF, "unpaid", false, AS_OF));
        assertThat(decide(before, terms("unpaid")))
                .as("it is unpaid since then")
                .isEmpty();
    }

    @Test
    void a_subscription_that_was_paid_and_is_unpaid_again_ended_anew_although_the_state_between_was_missed() {
        var first = AS_OF.minus(Duration.ofDays(30));
        var before = new Entitlement("cus_1", 4, first, "unpaid", false, first);

        assertThat(decide(before, unpaid(first.plusSeconds(1))))
                .contains(new Entitlement("cus_1", 5, AS_OF, "unpaid", false, AS_OF));
        assertThat(decide(before, unpaid(first))).as("the payment was before").isEmpty();
    }

    private static Terms unpaid(Instant paidAt) {
        return new Terms("unpaid", AS_OF, CREATED, TRIAL_END, null, null, PERIOD_END, paidAt);
    }

    @Test
    void one_of_several_subscriptions_that_allows_monitoring_is_enough() {
        var later = CREATED.plusSeconds(60);

        assertThat(decide(null, terms("canceled", later, AS_OF), terms("active"), terms("incomplete", later, null)))
                .contains(entitlement("active", true, PERIOD_END));
    }

    @Test
    void the_subscription_that_ended_last_counts() {
        var first = CREATED.plusSeconds(60);
        var last = CREATED.plusSeconds(90);

        assertThat(decide(null, terms("canceled", CREATED.plusSeconds(30), first), terms("canceled", CREATED, last)))
                .contains(entitlement("canceled", false, last));
    }

    @ParameterizedTest
    @CsvSource({"incomplete", "incomplete_expired"})
    void a_checkout_that_was_not_paid_allows_nothing_and_prolongs_nothing(String status) {
        var ended = CREATED.minus(Duration.ofDays(90));

        assertThat(decide(null, terms(status))).contains(entitlement(status, false, CREATED));
        assertThat(decide(null, terms("canceled", CREATED.minus(Duration.ofDays(120)), ended), terms(status)))
                .contains(entitlement("canceled", false, ended));
    }

    @Test
    void a_deleted_customer_is_entitled_to_nothing_from_the_deletion_or_an_earlier_end_on() {
        var deleted = AS_OF.plusSeconds(5);
        var ended = CREATED.plus(Duration.ofDays(30));

        assertThat(EntitlementDecision.of("cus_1", List.of(terms("active")), deleted, null))
                .contains(new Entitlement("cus_1", 1, deleted, Entitlement.DELETED, false, deleted));
        assertThat(EntitlementDecision.of("cus_1", List.of(), deleted, null))
                .contains(new Entitlement("cus_1", 1, deleted, Entitlement.DELETED, false, deleted));
        assertThat(EntitlementDecision.of("cus_1", List.of(terms("canceled", CREATED, ended)), deleted, null))
                .contains(new Entitlement("cus_1", 1, deleted, Entitlement.DELETED, false, ended));
    }

    @Test
    void a_customer_who_never_subscribed_has_no_entitlement() {
        assertThat(decide(null)).isEmpty();
    }

    @Test
    void nothing_is_published_when_nothing_changed_and_time_never_goes_back() {
        var before = new Entitlement("cus_1", 3, AS_OF.plusSeconds(9), "active", true, PERIOD_END);

        assertThat(decide(before, terms("active"))).isEmpty();
        assertThat(decide(before, terms("past_due")))
                .contains(new Entitlement("cus_1", 4, AS_OF.plusSeconds(9), "past_due", true, PERIOD_END));
    }

    @Test
    void the_order_of_the_subscriptions_is_irrelevant() {
        var all = Arrays.asList(
                terms("canceled", CREATED.plusSeconds(1), AS_OF.minusSeconds(9)),
                terms("incomplete_expired"),
                terms("paused", CREATED.plusSeconds(2), null),
                terms("canceled", CREATED.plusSeconds(3), AS_OF.minusSeconds(4)));
        var decided = EntitlementDecision.of("cus_1", all, null, null);

        for (int i = 0; i < all.size(); i++) {
            Collections.rotate(all, 1);
            assertThat(EntitlementDecision.of("cus_1", all, null, null)).isEqualTo(decided);
        }
    }
}
