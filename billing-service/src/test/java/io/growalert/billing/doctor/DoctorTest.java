package io.growalert.billing.doctor;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.customer.Settings;
import io.growalert.billing.doctor.Diagnosis.Area;
import io.growalert.billing.doctor.Diagnosis.Severity;
import io.growalert.billing.projection.EventTypes;
import io.growalert.billing.setup.EnvironmentSettings;
import io.growalert.billing.stripe.StripeConnection;
import io.growalert.billing.stripe.StripeRights;
import io.growalert.billing.stripe.StripeWebhooks;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.StubServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checks against the sandbox. */
class DoctorTest {
    private static final URI URL = URI.create("https://shop.example.com/webhook");
    private static final List<String> TYPES = StripeWebhooks.eventTypes(EventTypes::areApplied);

    private StripeSandbox sandbox;
    private InstantSource clock = InstantSource.system();
    private Optional<Arrivals> arrivals = Optional.empty();
    private String device = "";

    @BeforeEach
    void start() throws IOException {
        sandbox = StripeSandbox.start(
                Options.defaults().withPrices(List.of(new PlanPrice("basic", "Basic", 500, "eur", "month"))));
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private List<Diagnosis> examine(String key, String... prices) {
        var settings = Settings.stripe(sandbox.apiBase(), key);
        return new Doctor(
                        settings,
                        new Doctor.Offer(List.of(prices), device, false),
                        StripeConnection.open(settings),
                        null,
                        List::of,
                        arrivals,
                        clock)
                .examine();
    }

    private Diagnosis about(Area area, String... prices) {
        return examine(StripeSandbox.SECRET_KEY, prices).stream()
                .filter(diagnosis -> diagnosis.area() == area)
                .findFirst()
                .orElseThrow();
    }

    private StripeWebhooks webhooks() {
        return StripeConnection.open(Settings.stripe(sandbox.apiBase(), StripeSandbox.SECRET_KEY))
                .webhooks();
    }

    @Test
    void without_any_problem_all_is_reported() {
        webhooks().create(URL, TYPES);

        var diagnoses = examine(sandbox.keys().create(StripeRights.needed(false)), "basic");

        assertThat(diagnoses)
                .extracting(Diagnosis::area)
                .containsExactly(Area.KEY, Area.RIGHTS, Area.CLOCK, Area.PRICES, Area.WEBHOOK, Area.EVENTS);
        assertThat(Diagnosis.hasProblem(diagnoses)).isFalse();
        assertThat(diagnoses.getFirst().text()).isEqualTo("restricted key: test mode, no money moves");
    }

    @Test
    void a_key_with_all_rights_is_noted_with_the_form_for_a_restricted_one() {
        assertThat(about(Area.KEY).severity()).isEqualTo(Severity.NOTE);
        assertThat(about(Area.KEY).text()).contains("https://dashboard.stripe.com/test/apikeys/create");
    }

    @Test
    void keys_of_two_modes_and_a_secret_one_for_browsers_are_problems() {
        for (var publishable : List.of("pk_live_1", "sk_test_1")) {
            var settings = new EnvironmentSettings(Map.of(
                            "STRIPE_SECRET_KEY",
                            StripeSandbox.SECRET_KEY,
                            "STRIPE_PUBLISHABLE_KEY",
                            publishable,
                            "STRIPE_API_BASE",
                            sandbox.apiBase().toString()))
                    .stripe(Optional.empty())
                    .orElseThrow();

            assertThat(Doctor.withoutService(settings, new Doctor.Offer(List.of("basic"), "", false), null)
                            .examine())
                    .anySatisfy(problem -> {
                        assertThat(problem.isProblem()).isTrue();
                        assertThat(problem.area()).isEqualTo(Area.KEY);
                        assertThat(problem.remedy()).contains("GROWALERT_BILLING_STRIPE_PUBLISHABLEKEY");
                    });
        }
    }

    @Test
    void a_rejected_key_is_the_only_problem_that_is_reported() {
        assertThat(examine("sk_test_unknown", "basic")).singleElement().satisfies(problem -> {
            assertThat(problem.isProblem()).isTrue();
            assertThat(problem.text()).contains("rejected the secret key");
            assertThat(problem.remedy()).contains("GROWALERT_BILLING_STRIPE_SECRETKEY");
        });
    }

    @Test
    void without_prices_the_command_that_creates_them_is_named() {
        assertThat(about(Area.PRICES).severity())
                .as("the service may have some")
                .isEqualTo(Severity.NOTE);
        arrivals = Optional.of(arrived(Set.of(), Optional.of(clock.instant())));
        assertThat(about(Area.PRICES)).satisfies(problem -> {
            assertThat(problem.text()).contains("no prices are configured");
            assertThat(problem.remedy()).contains("growalert billing setup");
        });
        assertThat(about(Area.PRICES, "later")).satisfies(problem -> {
            assertThat(problem.text()).contains("no active price with the lookup key 'later'");
            assertThat(problem.remedy()).contains("growalert billing setup");
        });
        assertThat(about(Area.PRICES, "basic").severity()).isEqualTo(Severity.OK);
    }

    @Test
    void the_price_of_a_device_is_paid_once() {
        device = "later";
        assertThat(pricesOf("basic").getLast().text())
                .contains("no active price with the lookup key 'later', of a device");
        device = "basic";
        assertThat(pricesOf("basic").getLast().text()).contains("recurring, not one-time");
    }

    private List<Diagnosis> pricesOf(String... prices) {
        return examine(StripeSandbox.SECRET_KEY, prices).stream()
                .filter(diagnosis -> diagnosis.area() == Area.PRICES)
                .toList();
    }

    @Test
    void a_missing_webhook_endpoint_is_a_problem_until_there_is_one_for_all_applied_events() {
        assertThat(about(Area.WEBHOOK)).satisfies(problem -> {
            assertThat(problem.isProblem()).isTrue();
            assertThat(problem.remedy()).contains("growalert billing setup --webhook-url");
        });

        var endpoint = webhooks().create(URL, List.of("customer.created")).endpoint();
        assertThat(about(Area.WEBHOOK).text())
                .contains("does not receive %d types of events".formatted(TYPES.size() - 1));

        webhooks().update(endpoint.id(), TYPES);
        assertThat(about(Area.WEBHOOK).severity()).isEqualTo(Severity.OK);

        webhooks().update(endpoint.id(), List.of("*"));
        assertThat(about(Area.WEBHOOK).severity()).isEqualTo(Severity.NOTE);
        assertThat(about(Area.WEBHOOK).text()).contains("does not apply: *");
    }

    @Test
    void events_that_arrive_without_an_endpoint_come_by_stripes_cli() {
        arrivals = Optional.of(arrived(Set.of(), Optional.of(clock.instant())));

        assertThat(about(Area.WEBHOOK).severity()).isEqualTo(Severity.NOTE);
        assertThat(about(Area.WEBHOOK).text()).contains("Stripe CLI");
    }

    @Test
    void events_that_did_not_arrive_are_a_problem_only_when_they_are_late_and_not_here() {
        try (var refusing = new StubServer(exchange -> StubServer.answer(exchange, 400, ""))) {
            webhooks().create(URI.create(refusing.url() + "/webhook"), List.of("price.created", "customer.created"));
            var stripe = StripeConnection.open(Settings.stripe(sandbox.apiBase(), StripeSandbox.SECRET_KEY));
            customer();
            assertThat(about(Area.EVENTS).severity()).as("on its way").isEqualTo(Severity.NOTE);

            var event = stripe.webhooks().latest().getFirst();
            clock = () -> Instant.now().plus(Duration.ofMinutes(20));
            assertThat(about(Area.EVENTS).severity())
                    .as("from the command line: it may be another software's")
                    .isEqualTo(Severity.NOTE);
            assertThat(about(Area.EVENTS).text()).contains("1 events of the last 3 days", "customer.created");

            arrivals = Optional.of(arrived(Set.of(), Optional.of(clock.instant())));
            assertThat(about(Area.EVENTS)).satisfies(problem -> {
                assertThat(problem.isProblem()).isTrue();
                assertThat(problem.text()).contains("1 events of the last 3 days", "customer.created");
                assertThat(problem.remedy()).contains("growalert billing reconcile");
            });

            arrivals = Optional.of(arrived(Set.of(event.id()), Optional.of(clock.instant())));
            assertThat(about(Area.EVENTS).isProblem()).isFalse();
        }
    }

    @Test
    void two_enabled_endpoints_of_one_address_are_a_problem() {
        webhooks().create(URL, TYPES);
        var second = webhooks().create(URL, TYPES);

        assertThat(about(Area.WEBHOOK).isProblem()).isTrue();
        assertThat(about(Area.WEBHOOK).text()).contains("two webhook endpoints post to " + URL);

        webhooks().delete(second.endpoint().id());
        assertThat(about(Area.WEBHOOK).isProblem()).isFalse();
    }

    @Test
    void undelivered_events_behind_a_page_of_others_are_read_too() {
        var event =
                "{\"id\": \"evt_%d\", \"object\": \"event\", \"type\": \"customer.created\", \"created\": 1, \"pending_webhooks\": 1}";
        var page = IntStream.range(0, 100).mapToObj(event::formatted).collect(joining(","));
        try (var stripe = new StubServer(exchange -> {
            boolean isSecond =
                    String.valueOf(exchange.getRequestURI().getQuery()).contains("starting_after=evt_99");
            StubServer.answer(
                    exchange,
                    200,
                    "{\"object\": \"list\", \"has_more\": %s, \"data\": [%s]}"
                            .formatted(!isSecond, isSecond ? event.formatted(100) : page));
        })) {
            var settings = Settings.stripe(URI.create(stripe.url()), StripeSandbox.SECRET_KEY);

            assertThat(StripeConnection.open(settings).webhooks().undelivered(Instant.EPOCH))
                    .hasSize(101);
        }
    }

    @Test
    void a_wrong_clock_is_a_problem() {
        var settings = Settings.stripe(sandbox.apiBase(), StripeSandbox.SECRET_KEY);

        assertThat(StripeConnection.open(settings).trial().run(false).ahead()).hasValue(Duration.ZERO);
        assertThat(Doctor.clock(Optional.of(Duration.ofSeconds(61))).text()).contains("61 s ahead of Stripe's");
        assertThat(Doctor.clock(Optional.of(Duration.ofMinutes(-5))).text()).contains("300 s behind Stripe's");
        assertThat(Doctor.clock(Optional.of(Duration.ofMinutes(-5))).remedy()).contains("NTP");
        assertThat(Doctor.clock(Optional.of(Duration.ofMinutes(1))).severity()).isEqualTo(Severity.OK);
        assertThat(Doctor.clock(Optional.empty()).severity()).isEqualTo(Severity.NOTE);
    }

    private void customer() {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(sandbox.apiBase().resolve("/v1/customers"))
                    .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("description=a"))
                    .build();
            assertThat(http.send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Arrivals arrived(Set<String> events, Optional<Instant> last) {
        return new Arrivals() {
            @Override
            public Set<String> missing(Collection<String> ids) {
                var missing = new HashSet<>(ids);
                missing.removeAll(events);
                return missing;
            }

            @Override
            public Optional<Instant> last() {
                return last;
            }

            @Override
            public Diagnosis signatures() {
                return Diagnosis.ok(Area.SIGNATURES, "");
            }
        };
    }
}
