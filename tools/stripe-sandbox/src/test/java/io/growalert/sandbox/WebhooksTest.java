package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.stripe.StripeClient;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.model.WebhookEndpoint;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointCreateParams.EnabledEvent;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a change through the API to the endpoint, as Stripe's own SDK sees it. */
class WebhooksTest {
    @TempDir
    private Path folder;

    private WebhookReceiver receiver;
    private StripeSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        receiver = new WebhookReceiver();
        sandbox = StripeSandbox.start(options());
    }

    @AfterEach
    void stop() {
        sandbox.close();
        receiver.close();
    }

    @Test
    void a_change_reaches_the_endpoint_and_its_event_counts_as_delivered() throws StripeException {
        var customer = createCustomer();

        await().untilAsserted(() -> assertThat(events(true)).hasSize(1));
        assertThat(events(false)).isEmpty();
        var event = receiver.events().getFirst();
        assertThat(event.getType()).isEqualTo("customer.created");
        assertThat(event.getDataObjectDeserializer().getObject()).isPresent();
        assertThat(receiver.bodies().getFirst()).contains(customer);
    }

    @Test
    void what_is_dropped_is_listed_as_not_delivered_and_the_rest_as_delivered() throws StripeException {
        sandbox.faults().add(new Fault.Drop(), When.next(1));
        createCustomer();
        createCustomer();

        await().untilAsserted(() -> assertThat(events(true)).hasSize(1));
        assertThat(events(false))
                .singleElement()
                .extracting(Event::getPendingWebhooks)
                .isEqualTo(1L);
        assertThat(receiver.ids()).containsExactly(events(true).getFirst().getId());
    }

    @Test
    void events_of_the_same_second_are_made_on_request() throws StripeException {
        sandbox.faults().add(new Fault.SameSecond(Duration.ofHours(1)));
        createCustomer();
        var first = events(null).getFirst().getCreated();

        await().pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            createCustomer();
            var customers = stripe().v1().customers().list().getData();
            assertThat(customers.getFirst().getCreated()).isGreaterThan(first);
        });

        assertThat(events(null))
                .allSatisfy(event -> assertThat(event.getCreated()).isEqualTo(first));
    }

    @Test
    void an_endpoint_that_is_created_through_the_api_gets_the_events_that_it_subscribes_to_until_it_is_deleted()
            throws Exception {
        var made = stripe().v1()
                .webhookEndpoints()
                .create(WebhookEndpointCreateParams.builder()
                        .setUrl("http://127.0.0.1:1/nobody")
                        .addEnabledEvent(EnabledEvent.CUSTOMER__CREATED)
                        .build());
        assertThat(made.getSecret()).startsWith("whsec_");
        assertThat(stripe().v1().webhookEndpoints().retrieve(made.getId()).getSecret())
                .isNull();

        createCustomer();
        await().untilAsserted(() -> assertThat(events(false))
                .singleElement()
                .extracting(Event::getPendingWebhooks)
                .isEqualTo(1L));

        assertThat(stripe().v1().webhookEndpoints().delete(made.getId()).getDeleted())
                .isTrue();
        assertThat(stripe().v1().webhookEndpoints().list().getData())
                .extracting(WebhookEndpoint::getId)
                .containsExactly("we_sandbox");
        createCustomer();
        await().untilAsserted(() -> assertThat(events(true)).hasSize(1));
    }

    @Test
    void an_endpoint_without_a_usable_url_is_refused() {
        assertThatThrownBy(() -> stripe().v1()
                        .webhookEndpoints()
                        .create(WebhookEndpointCreateParams.builder()
                                .setUrl("nowhere")
                                .addEnabledEvent(EnabledEvent.ALL)
                                .build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getParam())
                        .isEqualTo("url"));
    }

    @Test
    void what_was_not_delivered_before_a_restart_is_delivered_after_it_and_the_rest_not_again() throws Exception {
        createCustomer();
        await().untilAsserted(() -> assertThat(events(true)).hasSize(1));
        receiver.answer(503);
        createCustomer();
        await().untilAsserted(() -> assertThat(receiver.ids()).hasSize(2));

        sandbox.close();
        receiver.answer(200);
        sandbox = StripeSandbox.start(options());

        await().untilAsserted(() -> assertThat(events(true)).hasSize(2));
        assertThat(receiver.ids())
                .hasSize(3)
                .last()
                .isEqualTo(events(true).getFirst().getId());
    }

    private Options options() {
        return Options.defaults()
                .withWebhook(receiver.url(), WebhookReceiver.SECRET)
                .withJournal(folder.resolve("sandbox.jsonl"));
    }

    private String createCustomer() throws StripeException {
        return stripe().v1()
                .customers()
                .create(CustomerCreateParams.builder().setName("A").build())
                .getId();
    }

    /** The newest first. */
    private List<Event> events(@Nullable Boolean delivered) throws StripeException {
        var params = EventListParams.builder();
        if (delivered != null) {
            params.setDeliverySuccess(delivered);
        }
        return stripe().v1().events().list(params.build()).getData();
    }

    private StripeClient stripe() {
        return StripeClient.builder()
                .setApiKey(StripeSandbox.SECRET_KEY)
                .setApiBase(sandbox.apiBase().toString())
                .build();
    }
}
