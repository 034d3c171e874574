package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BillingEventTest {
    private static final String EVENT = """
            {"id": "%s", "type": "payment.ended", "customer": "cus_1", "version": 3, "asOf": "2026-11-24T07:00:30Z",
             "record": {"kind": "payment", "id": "pi_1", "customer": "cus_1", "status": "succeeded", "currency": "eur",
                        "amount": 3000, "amountReceived": 3000, "latestCharge": "ch_1",
                        "createdAt": "2026-11-24T07:00:30Z"}}""".formatted(Ids.billing("pi_1", 3));

    @Test
    void what_is_written_looks_as_designed() {
        var payment = new BillingRecord.Payment(
                "pi_1", "cus_1", "succeeded", "eur", 3_000, 3_000, "ch_1", null, null, Samples.SLOT);

        var json = new String(Json.write(BillingEvent.of(payment, 3, Samples.SLOT)), UTF_8);

        assertThat(json).isEqualTo(EVENT.replaceAll("(?<=[:,])\\s+", ""));
    }

    @Test
    void a_customer_is_not_named_twice() {
        var customer = new BillingRecord.Customer("cus_1", null, 0, false, false, null);

        assertThat(new String(Json.write(BillingEvent.of(customer, 1, Samples.SLOT)), UTF_8))
                .endsWith("\"record\":{\"kind\":\"customer\",\"id\":\"cus_1\",\"balance\":0,\"delinquent\":false,"
                        + "\"deleted\":false}}");
    }

    @Test
    void every_kind_of_record_has_a_sample_and_its_name_on_the_wire() {
        assertThat(Samples.fullRecords().map(Object::getClass))
                .containsExactlyInAnyOrder(BillingRecord.class.getPermittedSubclasses());
        assertThat(Samples.fullRecords()).allSatisfy(record -> {
            var json = Docs.JSON.readTree(Json.write(BillingEvent.of(record, 1, Samples.SLOT)));
            assertThat(json.at("/record/kind").asString()).isEqualTo(BillingEvent.kind(record));
        });
    }

    @Test
    void a_record_is_created_then_changed_then_ended() {
        assertThat(List.of(type("processing", 1), type("processing", 2), type("succeeded", 3), type("canceled", 1)))
                .containsExactly("payment.created", "payment.changed", "payment.ended", "payment.ended");
    }

    private static String type(String status, long version) {
        var payment = new BillingRecord.Payment("pi_1", null, status, "eur", 1, 0, null, null, null, Samples.SLOT);
        return BillingEvent.of(payment, version, Samples.SLOT).type();
    }

    @Test
    void the_id_follows_from_the_record_and_its_version() {
        var record = Samples.fullRecords().toList().getFirst();

        var event = BillingEvent.of(record, 2, Samples.SLOT);

        assertThat(BillingEvent.of(record, 2, Samples.SLOT.plusSeconds(1)).id()).isEqualTo(event.id());
        assertThat(BillingEvent.of(record, 3, Samples.SLOT).id()).isNotEqualTo(event.id());
        assertThat(event.id()).matches("[a-z2-7]{26}");
    }

    @Test
    void the_key_is_the_customer_or_where_there_is_none_the_record() {
        assertThat(Samples.billingEvents().map(BillingEvent::key))
                .containsOnly("cus_1", "in_1", "inpay_1", "pi_1", "ch_1", "re_1", "du_1", "order-1");
        assertThat(Samples.fullRecords()
                        .map(record -> BillingEvent.of(record, 1, Samples.SLOT).key()))
                .containsOnly("cus_1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"version\": 3              | \"version\": 0               | a version must be at least 1",
                "\"version\": 3              | \"version\": null            | version",
                "\"kind\": \"payment\"       | \"kind\": \"gift\"           | record",
                "\"kind\": \"payment\"       | \"kind\": null               | record",
                "\"kind\": \"payment\", ``   | ``                           | record",
                "\"status\": \"succeeded\"   | \"status\": null             | status is missing",
                "\"amount\": 3000            | \"amount\": 30.5             | record.amount",
                "\"amount\": 3000            | \"amount\": null             | record.amount",
                "\"id\": \"pi_1\"            | \"id\": null                 | id is missing",
            })
    void what_is_wrong_is_named(String right, String wrong, String message) {
        var part = right.replace("``", "");
        assertThat(EVENT).contains(part);
        var json = EVENT.replace(part, wrong).getBytes(UTF_8);

        assertThatExceptionOfType(UnreadableValue.class)
                .isThrownBy(() -> Json.read(json, BillingEvent.class))
                .withMessageStartingWith("not a BillingEvent: ")
                .withMessageContaining(message);
    }

    @Test
    void a_field_that_is_added_to_a_record_one_day_is_ignored() {
        var json = EVENT.replace("\"kind\"", "\"ended\": true, \"new\": {\"deep\": [1]}, \"kind\"");

        assertThat(Json.read(json.getBytes(UTF_8), BillingEvent.class))
                .isEqualTo(Json.read(EVENT.getBytes(UTF_8), BillingEvent.class));
    }

    @Test
    void an_order_of_an_earlier_version_is_neither_refunded_nor_disputed() {
        var json = """
                {"id": "jqvg6g4yfghaqbpklzyv6qhvo4", "type": "device_order.ended", "customer": "cus_1", "version": 2,
                 "asOf": "2026-11-24T07:05:00Z",
                 "record": {"kind": "device_order", "id": "order-1", "customer": "cus_1", "payment": "pi_1", "status": "paid",
                            "quantity": 2, "currency": "eur", "unitAmount": 4900, "amount": 9800,
                            "createdAt": "2026-11-24T07:04:57Z"}}""";

        assertThat(Json.read(json.getBytes(UTF_8), BillingEvent.class).record())
                .isInstanceOfSatisfying(BillingRecord.DeviceOrder.class, order -> {
                    assertThat(order.refundedAmount()).isZero();
                    assertThat(order.disputed()).isFalse();
                });
    }
}
