package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.StripeClient;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerListParams;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.PriceListParams;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CustomersTest {
    private StripeSandbox sandbox;
    private StripeClient stripe;

    @BeforeEach
    void start() throws IOException {
        sandbox = StripeSandbox.start(
                Options.defaults().withPrices(List.of(new PlanPrice("basic", "Basic", 500, "usd", "month"))));
        stripe = client(StripeSandbox.SECRET_KEY);
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @Test
    void a_customer_is_created_changed_listed_and_deleted_and_each_step_is_an_event() throws StripeException {
        var customer = stripe.v1()
                .customers()
                .create(CustomerCreateParams.builder()
                        .setEmail("grower@example.com")
                        .setName("A Grower")
                        .putMetadata("site", "north")
                        .build());
        assertThat(customer.getId()).startsWith("cus_");
        assertThat(customer.getMetadata()).containsEntry("site", "north");

        stripe.v1()
                .customers()
                .update(
                        customer.getId(),
                        CustomerUpdateParams.builder()
                                .setName("B Grower")
                                .putMetadata("site", "")
                                .build());
        var byEmail =
                CustomerListParams.builder().setEmail("grower@example.com").build();
        assertThat(stripe.v1().customers().list(byEmail).getData())
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.getName()).isEqualTo("B Grower");
                    assertThat(found.getMetadata()).isEmpty();
                });

        stripe.v1().customers().delete(customer.getId());
        assertThat(stripe.v1().customers().retrieve(customer.getId()).getDeleted())
                .isTrue();
        assertThat(stripe.v1().customers().list(byEmail).getData()).isEmpty();

        var events = stripe.v1()
                .events()
                .list(EventListParams.builder()
                        .addAllType(List.of("customer.created", "customer.updated", "customer.deleted"))
                        .build())
                .getData();
        assertThat(events)
                .extracting(Event::getType)
                .containsExactly("customer.deleted", "customer.updated", "customer.created");
        assertThat(events.get(1).getData().getPreviousAttributes())
                .containsEntry("name", "A Grower")
                .containsKey("metadata");
    }

    @Test
    void prices_are_found_by_their_lookup_key() throws StripeException {
        var found = stripe.v1()
                .prices()
                .list(PriceListParams.builder()
                        .addLookupKey("basic")
                        .setActive(true)
                        .build());
        assertThat(found.getData()).singleElement().satisfies(price -> {
            assertThat(price.getUnitAmount()).isEqualTo(500);
            assertThat(price.getRecurring().getInterval()).isEqualTo("month");
        });
        assertThat(stripe.v1()
                        .prices()
                        .list(PriceListParams.builder().addLookupKey("none").build())
                        .getData())
                .isEmpty();
    }

    @Test
    void the_same_key_with_the_same_parameters_gets_the_same_response_and_with_others_is_rejected()
            throws StripeException {
        var key = RequestOptions.builder().setIdempotencyKey("key-1").build();
        var params = CustomerCreateParams.builder().setName("A").build();
        var first = stripe.v1().customers().create(params, key);
        var again = stripe.v1().customers().create(params, key);

        assertThat(again.getId()).isEqualTo(first.getId());
        assertThat(again.getLastResponse().headers().firstValue("Idempotent-Replayed"))
                .contains("true");
        assertThat(first.getLastResponse().headers().firstValue("Idempotent-Replayed"))
                .isEmpty();
        assertThatThrownBy(() -> stripe.v1()
                        .customers()
                        .create(CustomerCreateParams.builder().setName("B").build(), key))
                .isInstanceOf(IdempotencyException.class);
    }

    @Test
    void pages_go_on_where_the_last_one_ended_in_both_directions() throws StripeException {
        for (int i = 0; i < 5; i++) {
            stripe.v1()
                    .customers()
                    .create(CustomerCreateParams.builder().setName("c" + i).build());
        }
        var first = stripe.v1()
                .customers()
                .list(CustomerListParams.builder().setLimit(2L).build());
        assertThat(first.getData()).extracting("name").containsExactly("c4", "c3");
        assertThat(first.getHasMore()).isTrue();
        var second = stripe.v1()
                .customers()
                .list(CustomerListParams.builder()
                        .setLimit(3L)
                        .setStartingAfter(first.getData().getLast().getId())
                        .build());
        assertThat(second.getData()).extracting("name").containsExactly("c2", "c1", "c0");
        assertThat(second.getHasMore()).isFalse();
        var back = stripe.v1()
                .customers()
                .list(CustomerListParams.builder()
                        .setLimit(2L)
                        .setEndingBefore(second.getData().getLast().getId())
                        .build());
        assertThat(back.getData()).extracting("name").containsExactly("c2", "c1");
        assertThat(back.getHasMore()).isTrue();
    }

    @Test
    void errors_have_the_shape_of_stripes() {
        assertThatThrownBy(() -> stripe.v1().customers().retrieve("cus_none"))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> {
                    assertThat(e.getStatusCode()).isEqualTo(404);
                    assertThat(e.getCode()).isEqualTo("resource_missing");
                    assertThat(e.getParam()).isEqualTo("id");
                    assertThat(e.getRequestId()).startsWith("req_");
                });
        assertThatThrownBy(() -> stripe.v1()
                        .customers()
                        .create(CustomerCreateParams.builder()
                                .putExtraParam("emial", "x")
                                .build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> {
                    assertThat(e.getStatusCode()).isEqualTo(400);
                    assertThat(e.getCode()).isEqualTo("parameter_unknown");
                    assertThat(e.getParam()).isEqualTo("emial");
                });
        assertThatThrownBy(() -> client("sk_test_other").v1().customers().list())
                .isInstanceOf(AuthenticationException.class);
    }

    private StripeClient client(String key) {
        return StripeClient.builder()
                .setApiKey(key)
                .setApiBase(sandbox.apiBase().toString())
                .build();
    }
}
