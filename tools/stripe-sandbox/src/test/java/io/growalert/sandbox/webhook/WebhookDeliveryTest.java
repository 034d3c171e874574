package io.growalert.sandbox.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.sandbox.ManualClock;
import io.growalert.sandbox.WebhookReceiver;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.Faults;
import io.growalert.sandbox.fault.When;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.Store;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class WebhookDeliveryTest {
    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final Faults faults = new Faults(clock);
    private final Store store = new Store();
    private final WebhookDelivery delivery = new WebhookDelivery(store, faults, clock);
    private WebhookReceiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new WebhookReceiver();
        open(endpoint("we_1", receiver.url(), "*"));
    }

    @AfterEach
    void close() {
        delivery.close();
        receiver.close();
    }

    @Test
    void an_event_arrives_signed_and_is_then_no_longer_pending() {
        send(event("evt_1", "customer.created"));

        await().untilAsserted(() -> assertThat(pending("evt_1")).isZero());
        assertThat(receiver.ids()).containsExactly("evt_1");
        assertThat(receiver.bodies().getFirst()).contains("\"pending_webhooks\" : 1");
    }

    @Test
    void a_staged_event_is_not_sent_before_its_release() {
        stage(event("evt_staged", "customer.created"));
        send(event("evt_released", "customer.created"));

        await().untilAsserted(() -> assertThat(receiver.ids()).containsExactlyInAnyOrder("evt_staged", "evt_released"));
    }

    @Test
    void an_event_that_is_refused_is_sent_again_when_the_delay_is_over() {
        receiver.answer(500);
        send(event("evt_1", "customer.created"));
        await().untilAsserted(() -> assertThat(receiver.ids()).hasSize(1));
        assertThat(pending("evt_1")).isOne();

        receiver.answer(200);
        await().untilAsserted(() -> {
            // the first attempt may still be on its way back when the clock is moved first
            clock.advance(Duration.ofSeconds(1));
            delivery.wake();
            assertThat(pending("evt_1")).isZero();
        });
        assertThat(receiver.ids()).containsExactly("evt_1", "evt_1");
    }

    @Test
    void delays_grow_from_a_second_to_a_minute() {
        assertThat(IntStream.rangeClosed(1, 9)
                        .mapToObj(EndpointQueue::delayAfter)
                        .map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    }

    @Test
    void after_three_days_an_event_is_given_up_and_stays_undelivered() {
        receiver.answer(500);
        send(event("evt_1", "customer.created"));
        await().untilAsserted(() -> assertThat(receiver.ids()).hasSize(1));

        clock.advance(Duration.ofDays(3));
        delivery.wake();

        await().untilAsserted(() -> assertThat(waiting()).isZero());
        assertThat(pending("evt_1")).isOne();
    }

    @Test
    void an_unreachable_endpoint_does_not_hold_back_another() {
        open(endpoint("we_2", URI.create("http://127.0.0.1:1/nobody"), "*"));

        send(event("evt_1", "customer.created"));

        await().untilAsserted(() -> assertThat(receiver.ids()).containsExactly("evt_1"));
        await().untilAsserted(() -> assertThat(pending("evt_1")).isOne());
    }

    @Test
    void an_endpoint_gets_the_types_that_it_subscribes_to() throws IOException {
        try (var choosy = new WebhookReceiver()) {
            open(endpoint("we_2", choosy.url(), "invoice.paid"));

            send(event("evt_1", "customer.created"));
            send(event("evt_2", "invoice.paid"));

            await().untilAsserted(() -> assertThat(receiver.ids()).hasSize(2));
            await().untilAsserted(() -> assertThat(choosy.ids()).containsExactly("evt_2"));
        }
    }

    @Test
    void no_more_than_sixteen_are_under_way_at_once() {
        var gate = new Semaphore(0);
        receiver.answer(_ -> {
            gate.acquireUninterruptibly();
            return 200;
        });
        IntStream.range(0, 40).forEach(i -> send(event("evt_" + i, "customer.created")));
        await().untilAsserted(() -> assertThat(receiver.ids()).hasSize(16));

        gate.release(1);

        await().untilAsserted(() -> assertThat(receiver.ids()).hasSize(17));
        gate.release(100);
        await().untilAsserted(() -> assertThat(receiver.ids()).hasSize(40));
    }

    @Test
    void duplicates_arrive_as_often_as_requested() {
        faults.add(new Fault.Duplicates(5), When.next(1));

        send(event("evt_1", "customer.created"));
        send(event("evt_2", "customer.created"));

        await().untilAsserted(() -> assertThat(receiver.ids())
                .hasSize(6)
                .filteredOn("evt_1"::equals)
                .hasSize(5));
        await().untilAsserted(() -> assertThat(pending("evt_1")).isZero());
    }

    @Test
    void dropped_events_never_arrive_and_stay_pending() {
        faults.add(new Fault.Drop(), When.ALWAYS.ofType("invoice."));

        send(event("evt_1", "invoice.paid"));
        send(event("evt_2", "customer.created"));

        await().untilAsserted(() -> assertThat(pending("evt_2")).isZero());
        assertThat(receiver.ids()).containsExactly("evt_2");
        assertThat(pending("evt_1")).isOne();
    }

    @Test
    void delayed_events_wait_for_the_clock() {
        faults.add(new Fault.Delay(Duration.ofMinutes(1)), When.next(1));
        send(event("evt_late", "customer.created"));
        send(event("evt_1", "customer.created"));
        await().untilAsserted(() -> assertThat(receiver.ids()).containsExactly("evt_1"));

        clock.advance(Duration.ofMinutes(1));
        delivery.wake();

        await().untilAsserted(() -> assertThat(receiver.ids()).containsExactly("evt_1", "evt_late"));
    }

    @Test
    void shuffled_events_arrive_in_another_order_that_the_seed_decides() {
        var ids = IntStream.range(0, 20).mapToObj(i -> "evt_" + i).toList();
        faults.add(new Fault.Shuffle(Duration.ofSeconds(20), 7));
        ids.forEach(id -> send(event(id, "customer.created")));

        await().untilAsserted(() -> {
            clock.advance(Duration.ofSeconds(1));
            delivery.wake();
            assertThat(receiver.ids()).hasSize(20);
        });

        assertThat(receiver.ids()).containsExactlyInAnyOrderElementsOf(ids).isNotEqualTo(ids);
    }

    @Test
    void an_endpoint_that_is_opened_anew_gets_what_the_old_one_had_not_taken() throws IOException {
        receiver.answer(500);
        faults.add(new Fault.Drop(), When.next(1).ofType("invoice."));
        send(event("evt_1", "customer.created"));
        send(event("evt_dropped", "invoice.paid"));
        await().untilAsserted(() -> assertThat(receiver.ids()).containsExactly("evt_1"));

        try (var moved = new WebhookReceiver()) {
            open(endpoint("we_1", moved.url(), "*"));

            await().untilAsserted(() -> assertThat(pending("evt_1")).isZero());
            assertThat(moved.ids()).containsExactly("evt_1");
        }
    }

    @Test
    void a_closed_endpoint_gets_nothing_more() {
        store.locked(() -> {
            delivery.close("we_1");
            return null;
        });

        send(event("evt_1", "customer.created"));

        assertThat(pending("evt_1")).isZero();
        assertThat(receiver.ids()).isEmpty();
    }

    private void open(WebhookEndpoint endpoint) {
        store.locked(() -> {
            delivery.open(endpoint);
            return null;
        });
    }

    private void stage(ObjectNode event) {
        store.locked(() -> {
            delivery.stage(event);
            return null;
        });
    }

    private void send(ObjectNode event) {
        store.locked(() -> {
            delivery.stage(event);
            delivery.release();
            return null;
        });
    }

    private int pending(String eventId) {
        return store.locked(() -> (int) JsonNodes.number(store.get("event", eventId), "pending_webhooks"));
    }

    private int waiting() {
        return store.locked(() ->
                delivery.waiting().values().stream().mapToInt(Integer::intValue).sum());
    }

    private static WebhookEndpoint endpoint(String id, URI url, String... types) {
        return new WebhookEndpoint(id, url, WebhookReceiver.SECRET, List.of(types));
    }

    private static ObjectNode event(String id, String type) {
        return JsonNodes.object()
                .put("id", id)
                .put("object", "event")
                .put("api_version", "2026-07-29.dahlia")
                .put("type", type)
                .put("pending_webhooks", 0);
    }
}
