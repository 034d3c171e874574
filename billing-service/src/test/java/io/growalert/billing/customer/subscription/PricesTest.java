package io.growalert.billing.customer.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.billing.customer.Settings;
import io.growalert.billing.stripe.StripePrices;
import io.growalert.billing.stripe.StripePrices.Price;
import io.growalert.sandbox.fault.Fault;
import io.growalert.sandbox.fault.When;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An offered price has one amount to charge, and stays known while Stripe is unavailable. */
@ExtendWith(OutputCaptureExtension.class)
class PricesTest {
    private static final When PRICES = When.ALWAYS.on("GET", "/v1/prices");

    @SuppressWarnings("NullAway.Init")
    private static Running billing;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-08-01T12:00:00Z"));

    @BeforeAll
    static void start() throws IOException {
        billing = Running.started(Map.of("growalert.billing.customer.limits.customers-per-address", 1_000));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @AfterEach
    void clearFaults() {
        billing.stripe.faults().clear();
    }

    private static String price(String key, String form) {
        var product = billing.stripe("POST", "/v1/products", "name=Plan&metadata[supplier]=secret")
                .path("id")
                .asString();
        return billing.stripe(
                        "POST",
                        "/v1/prices",
                        "product=%s&currency=eur&lookup_key=%s&metadata[margin]=40&%s".formatted(product, key, form))
                .path("id")
                .asString();
    }

    private static Running offering(String... keys) {
        return billing.beside(Map.of("growalert.billing.customer.prices", List.of(keys)));
    }

    @ParameterizedTest
    @CsvSource({
        "once,    'unit_amount=900', 'one-time'",
        "decimal, 'unit_amount_decimal=900.5&recurring[interval]=month', 'a fraction'",
        "tiers,   'billing_scheme=tiered&tiers_mode=graduated&recurring[interval]=month', 'tiered'",
        "metered, 'unit_amount=900&recurring[interval]=month&recurring[usage_type]=metered', 'metered'"
    })
    void a_price_without_one_amount_for_each_period_is_not_offered(
            String key, String form, String reason, CapturedOutput output) {
        var id = price(key, form);
        try (var shop = offering("basic", key)) {
            var prices = shop.get("/config", null).json().path("prices");

            assertThat(prices).hasSize(1);
            assertThat(prices.path(0).path("lookup_key").asString()).isEqualTo("basic");
            assertThat(output.getOut().lines().filter(line -> line.contains("lookupKey=\"%s\"".formatted(key))))
                    .singleElement()
                    .asString()
                    .contains("WARN", id, reason);
            var cookie = shop.register("grower@example.com");
            assertThat(shop.post("/create-subscription", cookie, "{\"priceId\": \"%s\"}".formatted(id))
                            .code())
                    .isEqualTo("unknown_price");
        }
    }

    @Test
    void the_operators_notes_at_stripe_are_not_published() {
        price("noted", "unit_amount=900&recurring[interval]=month&nickname=loss+leader");
        try (var shop = offering("noted")) {
            var answer = shop.get("/config", null);

            var price = answer.json().path("prices").path(0);
            assertThat(price.path("metadata").isObject()).isTrue();
            assertThat(price.path("product").path("metadata").isObject()).isTrue();
            assertThat(price.path("product").path("name").asString()).isEqualTo("Plan");
            assertThat(answer.response().body()).doesNotContain("margin", "supplier", "secret", "loss leader");
        }
    }

    @Test
    void without_any_price_registration_is_closed_and_the_keys_are_named(CapturedOutput output) {
        try (var shop = offering("nowhere", "never")) {
            var answer = shop.get("/config", null);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("prices").isArray()).isTrue();
            assertThat(answer.json().path("prices")).isEmpty();
            assertThat(shop.post("/create-subscription", shop.register("grower@example.com"), "{\"priceId\": \"p\"}")
                            .code())
                    .isEqualTo("unknown_price");
            assertThat(output.getOut().lines().filter(line -> line.contains("lookupKey=\"nowhere\"")))
                    .hasSize(1);
            var health =
                    shop.get("/actuator/health", null).json().path("components").path("prices");
            assertThat(health.path("status").asString()).isEqualTo("DEGRADED");
            assertThat(health.path("details").path("missing").toString()).contains("nowhere", "never");
            assertThat(health.path("details").path("reason").asString()).contains("growalert billing setup");
        }
    }

    @Test
    void a_missing_price_is_named_again_only_after_a_change(CapturedOutput output) {
        var prices = prices("basic", "later");
        await().until(prices::offered, offered -> offered.size() == 1);

        for (int minute = 0; minute < 3; minute++) {
            now.updateAndGet(time -> time.plus(Duration.ofMinutes(2)));
            prices.refresh();
        }
        price("later", "unit_amount=900&recurring[interval]=month");
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(2)));
        prices.refresh();

        assertThat(prices.offered()).extracting(Price::lookupKey).containsExactly("basic", "later");
        assertThat(output.getOut().lines().filter(line -> line.contains("lookupKey=\"later\"")))
                .hasSize(1);
    }

    private Prices prices(String... keys) {
        return new Prices(billing.bean(StripePrices.class), Settings.offering(List.of(keys)), () -> now.get());
    }

    @Test
    void while_stripe_hangs_the_known_prices_are_offered_at_once() throws Exception {
        var prices = prices("basic", "premium");
        prices.offered();
        billing.stripe.faults().add(new Fault.Hang(Duration.ofMinutes(2)), PRICES);
        now.updateAndGet(time -> time.plus(Duration.ofHours(1)));

        // far less than the hang, and than the read timeout of 20 s
        var offered = CompletableFuture.supplyAsync(prices::offered).get(60, TimeUnit.SECONDS);
        var unknown = CompletableFuture.supplyAsync(() -> prices.offers("price_unknown"))
                .get(60, TimeUnit.SECONDS);

        assertThat(offered).hasSize(2);
        assertThat(unknown).isFalse();
    }
}
