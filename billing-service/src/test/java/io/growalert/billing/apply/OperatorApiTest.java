package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.growalert.billing.records.CustomerList;
import io.growalert.billing.records.CustomerOverview;
import io.growalert.billing.records.DuplicateAddresses;
import io.growalert.billing.records.OrderList;
import io.growalert.billing.webhook.TestInbox;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.Operator;
import io.growalert.runtime.http.ProblemAdvice;
import io.growalert.runtime.http.Role;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

class OperatorApiTest {
    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);
    private final AuditLog audit = new AuditLog(bench.jdbc, bench.database.transaction(), "billing.audit");
    private final MockMvc api = MockMvcBuilders.standaloneSetup(
                    TestInbox.eventsApi(bench.jdbc, bench.storedEvents, audit),
                    new BillingListsApi(
                            new CustomerList(bench.jdbc),
                            new OrderList(bench.jdbc),
                            new DuplicateAddresses(bench.jdbc)),
                    new CustomersApi(
                            new CustomerOverview(bench.jdbc),
                            new CustomerErasure(
                                    new CustomerOverview(bench.jdbc),
                                    bench.recorder,
                                    stripe.client(),
                                    Clock.systemUTC()),
                            audit))
            .setControllerAdvice(new ProblemAdvice())
            .setCustomArgumentResolvers(new Ann())
            .build();

    /** The operator of all requests. */
    private static final class Ann implements HandlerMethodArgumentResolver {
        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Operator.class;
        }

        @Override
        public Operator resolveArgument(
                MethodParameter parameter,
                @Nullable ModelAndViewContainer container,
                NativeWebRequest request,
                @Nullable WebDataBinderFactory binders) {
            return new Operator("ann", Role.ADMIN);
        }
    }

    @BeforeEach
    void storeAStory() {
        new Story(stripe, 1, yesterday).emitAll(false);
        bench.store(stripe.events());
        bench.settle();
    }

    @AfterEach
    void close() {
        bench.close();
        stripe.close();
    }

    private void parkAll() {
        bench.jdbc
                .sql("update billing.stripe_events set state = 'parked', attempts = 10, error = 'broken'")
                .update();
    }

    @Test
    void changes_are_audited_without_personal_data() throws Exception {
        parkAll();

        api.perform(post("/api/billing/events/replay")).andExpect(status().isOk());
        api.perform(delete("/api/billing/customers/cus_1")).andExpect(status().isOk());

        assertThat(audit.page(10, null))
                .extracting(
                        AuditLog.Entry::operator, AuditLog.Entry::role, AuditLog.Entry::action, AuditLog.Entry::target)
                .containsExactly(tuple("ann", "admin", "erase", "cus_1"), tuple("ann", "admin", "replay", "parked"));
        assertThat(audit.page(10, null).toString()).doesNotContain("example.com");
    }

    @Test
    void parked_events_are_listed_without_their_payload() throws Exception {
        parkAll();

        api.perform(get("/api/billing/events?state=parked&limit=2"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.length()").value(2))
                .andExpect(jsonPath("$[0].type").value("customer.created"))
                .andExpect(jsonPath("$[0].error").value("broken"))
                .andExpect(answer ->
                        assertThat(answer.getResponse().getContentAsString()).doesNotContain("example.com"));
    }

    @Test
    void all_or_some_parked_events_are_replayed() throws Exception {
        parkAll();
        var one = stripe.events().getFirst().id();

        api.perform(post("/api/billing/events/replay")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"ids\": [\"%s\", \"evt_unknown\"]}".formatted(one)))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.replayed").value(1));
        assertThat(bench.waiting()).isOne();

        api.perform(post("/api/billing/events/replay"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.replayed").value(stripe.events().size() - 1));
        bench.settle();
        assertThat(bench.count("select count(*) from billing.stripe_events where state = 'applied' and attempts = 0"))
                .isEqualTo(stripe.events().size());
    }

    @Test
    void an_invalid_request_is_rejected_with_a_code() throws Exception {
        api.perform(get("/api/billing/events?state=lost"))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.code").value("invalid_field"))
                .andExpect(jsonPath("$.detail").value("state: expected one of received, applied, ignored, parked"));
        api.perform(get("/api/billing/events?state=parked&limit=0"))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.code").value("invalid_field"));
        api.perform(get("/api/billing/events?state=parked&limit=many"))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.code").value("invalid_field"));
        api.perform(post("/api/billing/events/replay")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{"))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.code").value("malformed_json"));
        api.perform(get("/api/billing/customers/cus_9"))
                .andExpect(status().isNotFound())
                .andExpect(jsonPath("$.code").value("not_found"));
    }

    @Test
    void a_customers_records_are_shown_without_personal_data() throws Exception {
        api.perform(get("/api/billing/customers/cus_1"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.customer.balance").value(7))
                .andExpect(jsonPath("$.customer.email").doesNotExist())
                .andExpect(jsonPath("$.customer.name").doesNotExist())
                .andExpect(jsonPath("$.subscriptions[0].status").value("canceled"))
                .andExpect(jsonPath("$.subscriptions[0].items[0].quantity").value(3))
                .andExpect(jsonPath("$.invoices[0].status").value("paid"))
                .andExpect(jsonPath("$.payments.length()").value(2))
                .andExpect(jsonPath("$.charges.length()").value(2))
                .andExpect(jsonPath("$.device_orders[0].quantity").value(2))
                .andExpect(jsonPath("$.refunds[0].id").value("re_1"))
                .andExpect(jsonPath("$.disputes[0].status").value("won"));
    }

    @Test
    void customers_and_orders_are_listed_and_stored_by_no_cache() throws Exception {
        api.perform(get("/api/billing/customers?search=Joa"))
                .andExpect(status().isOk())
                .andExpect(header().string("Cache-Control", "no-store"))
                .andExpect(jsonPath("$.customers.length()").value(1))
                .andExpect(jsonPath("$.customers[0].id").value("cus_1"))
                .andExpect(jsonPath("$.customers[0].name").value("Joanna"))
                .andExpect(jsonPath("$.customers[0].orders").value(1))
                .andExpect(jsonPath("$.customers[0].subscription.status").value("canceled"))
                .andExpect(jsonPath("$.next").isEmpty());
        api.perform(get("/api/billing/customers?query=Joa&search=nobody&state=canceled"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.customers[0].id").value("cus_1"));
        api.perform(get("/api/billing/customers?query=Joa&state=active"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.customers").isEmpty());
        api.perform(get("/api/billing/duplicates"))
                .andExpect(status().isOk())
                .andExpect(header().string("Cache-Control", "no-store"))
                .andExpect(jsonPath("$.addresses").isEmpty())
                .andExpect(jsonPath("$.next").isEmpty());
        api.perform(get("/api/billing/orders?state=shipped"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.orders").isEmpty());
        api.perform(get("/api/billing/orders?search=cus_1"))
                .andExpect(status().isOk())
                .andExpect(header().string("Cache-Control", "no-store"))
                .andExpect(jsonPath("$.orders[0].customer").value("cus_1"))
                .andExpect(jsonPath("$.orders[0].quantity").value(2))
                .andExpect(jsonPath("$.next").isEmpty());
        api.perform(get("/api/billing/orders?query=cus_1&search=nobody"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.orders[0].customer").value("cus_1"));
    }

    @ParameterizedTest
    @CsvSource({
        "customers?limit=0, limit",
        "customers?limit=1001, limit",
        "customers?cursor=nonsense, cursor",
        "customers?search=a%00b, search",
        "customers?query=a%00b, query",
        "customers?state=lost, state",
        "duplicates?limit=0, limit",
        "orders?state=lost, state",
        "orders?status=lost, status",
        "orders?cursor=WyJhIl0, cursor"
    })
    void an_invalid_parameter_of_a_list_is_named(String path, String field) throws Exception {
        api.perform(get(URI.create("/api/billing/" + path)))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.code").value("invalid_field"))
                .andExpect(jsonPath("$.field").value(field));
    }

    @Test
    void a_customer_is_deleted_at_stripe_and_then_erased() throws Exception {
        api.perform(delete("/api/billing/customers/cus_1"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.customer").value("cus_1"))
                .andExpect(jsonPath("$.erasedEvents").value(stripe.events().size() - 3));

        assertThat(stripe.requests).contains("DELETE /v1/customers/cus_1");
        assertThat(bench.text("select concat(email, name, deleted) from billing.customers"))
                .isEqualTo("t");
        assertThat(bench.text("select status from billing.invoices")).isEqualTo("paid");
        bench.assertThatTheOutboxMatchesTheRecords();

        // again: it is deleted at Stripe already, which is accepted
        api.perform(delete("/api/billing/customers/cus_1"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.erasedEvents").value(0));
    }

    @Test
    void nothing_is_erased_while_stripe_is_unavailable() throws Exception {
        stripe.failures.set(1);

        api.perform(delete("/api/billing/customers/cus_1"))
                .andExpect(status().isServiceUnavailable())
                .andExpect(header().string("Retry-After", "1"))
                .andExpect(jsonPath("$.code").value("stripe_unavailable"));

        assertThat(bench.text("select name from billing.customers")).isEqualTo("Joanna");
    }

    @Test
    void an_unknown_customer_is_not_erased() throws Exception {
        api.perform(delete("/api/billing/customers/cus_9"))
                .andExpect(status().isNotFound())
                .andExpect(jsonPath("$.code").value("not_found"));
    }

    @Test
    void a_customer_of_other_software_is_not_found_and_never_deleted() throws Exception {
        stripe.emit("customer.created", yesterday, "{'id': 'cus_7', 'object': 'customer', 'created': 5}");

        api.perform(delete("/api/billing/customers/cus_7"))
                .andExpect(status().isNotFound())
                .andExpect(jsonPath("$.code").value("not_found"));

        assertThat(stripe.requests).noneMatch(request -> request.startsWith("DELETE"));
        assertThat(bench.count("select count(*) from billing.customers where id = 'cus_7'"))
                .isZero();
    }

    @Test
    void a_customer_of_ours_who_is_not_recorded_yet_is_deleted() throws Exception {
        stripe.emit("customer.created", yesterday, """
                {'id': 'cus_7', 'object': 'customer', 'created': 5, 'metadata': {'growalert_request': 'r'}}""");

        api.perform(delete("/api/billing/customers/cus_7")).andExpect(status().isOk());

        assertThat(stripe.requests).contains("DELETE /v1/customers/cus_7");
    }
}
