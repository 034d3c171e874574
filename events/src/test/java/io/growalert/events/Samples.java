package io.growalert.events;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Values as the services write them, the unusual ones too. */
final class Samples {
    static final Instant SLOT = Instant.parse("2026-11-24T07:00:30Z");
    static final Map<String, String> LABELS = Map.of("site", "north", "severity", "critical");

    private Samples() {}

    static Stream<CheckResult> checkResults() {
        var failed = new SeriesResult(Map.of("room", "r1"), 1203.5, Status.FAILED, "above 1000");
        var passed = new SeriesResult(Map.of("room", "r2"), 612, Status.PASSED, null);
        return Stream.of(
                result(Status.FAILED, 1, 1, LABELS, List.of(failed, passed), null),
                result(Status.PASSED, 1, 1, Map.of(), List.of(series(Map.of(), 0.1)), null),
                result(Status.FAILED, 1, 1, LABELS, List.of(), null),
                result(Status.PASSED, 2, 3, LABELS, many(CheckResult.MAX_SERIES), null),
                result(Status.PASSED, 3, 3, LABELS, many(17), null),
                result(
                        Status.DEGRADED,
                        1,
                        1,
                        Map.of("", "", "a \"quoted\"\n\\ key", "Grünkohl \u0000\u2028 \ud83c\udf31"),
                        List.of(
                                series(Map.of("a", "1", "b", "", "c", "\t", "d", "ä"), -0.0),
                                series(Map.of("a", "2"), Double.MIN_VALUE),
                                series(Map.of("a", "3"), -Double.MAX_VALUE),
                                series(Map.of("a", "4"), 1e21),
                                new SeriesResult(Map.of("a", "5"), 3, Status.DEGRADED, "")),
                        null),
                new CheckResult(
                        "room-co2",
                        SLOT,
                        SLOT,
                        0,
                        Status.PASSED,
                        0,
                        1,
                        1,
                        LABELS,
                        List.of(passed),
                        null,
                        new DroppedRows(2, "label room has 700000 bytes; the limit is 1024")),
                error(CheckError.Kind.TIMEOUT),
                error(CheckError.Kind.SOURCE),
                error(CheckError.Kind.QUERY),
                error(CheckError.Kind.VALUE));
    }

    static Stream<MonitorDefinition> monitorDefinitions() {
        var plain = new AlertPolicy(1, null, 1, null, Duration.ofHours(24), List.of());
        var full = new AlertPolicy(
                3, Duration.ofMinutes(2), 2, Duration.ofHours(4), Duration.ofDays(7), List.of("ops", "grower"), true);
        return Stream.of(
                monitor(null, null, null, OnMissing.FAIL, plain, Map.of(), null),
                monitor(
                        "flux",
                        new Threshold.Above(1000),
                        new Threshold.Above(800),
                        OnMissing.DEGRADED,
                        full,
                        LABELS,
                        "{{room}} has {{value}} ppm CO2"),
                monitor(null, new Threshold.Below(-0.5), null, OnMissing.IGNORE, plain, LABELS, ""),
                monitor(
                        null,
                        new Threshold.Outside(18, 26.25),
                        new Threshold.Inside(1e-9, 1e12),
                        OnMissing.FAIL,
                        full,
                        LABELS,
                        null));
    }

    static Stream<AlertEvent> alertEvents() {
        return Stream.of(
                alertEvent(AlertEvent.Type.FIRING, Map.of("room", "r1"), Status.FAILED, 1203.5),
                alertEvent(AlertEvent.Type.REMINDER, Map.of("room", "r1", "bench", "2"), Status.NO_DATA, null),
                alertEvent(AlertEvent.Type.RESOLVED, Map.of(), Status.PASSED, 0.0),
                alertEvent(AlertEvent.Type.RESOLVED, Map.of(), Status.DEGRADED, null),
                alertEvent(AlertEvent.Type.RESOLVED, Map.of(), Status.DEGRADED, null, true),
                ownAlertEvent(AlertCause.Kind.SOURCE, "influx"),
                ownAlertEvent(AlertCause.Kind.INSTANCE, AlertCause.UNKNOWN));
    }

    private static AlertEvent ownAlertEvent(AlertCause.Kind kind, String name) {
        var alert = Ids.alert("room-co2");
        var incident = Ids.incident(alert, SLOT);
        return new AlertEvent(
                Ids.event(incident, AlertEvent.Type.FIRING, SLOT),
                AlertEvent.Type.FIRING,
                alert,
                incident,
                "room-co2",
                Map.of(),
                LABELS,
                Status.FAILED,
                null,
                "because",
                "room-co2 failed",
                SLOT,
                SLOT,
                List.of(),
                null,
                null,
                new AlertCause(kind, name),
                null);
    }

    static Stream<GroupEvent> groupEvents() {
        var alerts = alertEvents()
                .map(event -> new GroupEvent.GroupedAlert(
                        event.type() == AlertEvent.Type.RESOLVED ? GroupEvent.Change.RESOLVED : GroupEvent.Change.NEW,
                        event))
                .toList();
        var group = Ids.group("{}", Map.of("site", "north"), "ops");
        return Stream.of(
                new GroupEvent(
                        Ids.groupMessage(group, SLOT, 1),
                        GroupEvent.Type.GROUP,
                        group,
                        "{}",
                        Map.of("site", "north"),
                        new GroupEvent.Counts(4, 1, 3),
                        alerts,
                        1,
                        SLOT),
                new GroupEvent(
                        Ids.groupMessage(group, SLOT, 2),
                        GroupEvent.Type.GROUP,
                        group,
                        "{}",
                        Map.of("site", ""),
                        new GroupEvent.Counts(0, 0, 0),
                        List.of(),
                        0,
                        SLOT));
    }

    static Stream<AlertCommand> alertCommands() {
        return Stream.of(new AlertCommand("c1", AlertCommand.Type.FORGET, "room-co2", "a1", SLOT));
    }

    static Stream<BillingEvent> billingEvents() {
        return Stream.concat(fullRecords(), bareRecords()).map(record -> BillingEvent.of(record, 1, SLOT));
    }

    static Stream<Entitlement> entitlements() {
        return Stream.of(
                new Entitlement("cus_1", 1, SLOT, "active", true, SLOT.plus(Duration.ofDays(30))),
                new Entitlement("cus_1", 2, SLOT, "canceled", false, SLOT),
                new Entitlement("cus_2", 1, SLOT, Entitlement.DELETED, false, null));
    }

    static Stream<NotificationEvent> notificationEvents() {
        var incident = "cjmc2koau573vzltiegaxwswfm";
        var alert = "wjluaezyxqogt7a6nilwmpsyka";
        return Stream.of(
                new NotificationEvent(
                        "1",
                        NotificationEvent.Type.DELIVERY_PARKED,
                        SLOT,
                        incident,
                        alert,
                        "room-co2",
                        null,
                        "q3kw7jhm6hxobzgdq5yfuvbmre",
                        "5kvy3bdwmhvaaokopp7nojuewe",
                        "ops",
                        3,
                        null,
                        null),
                new NotificationEvent(
                        "2",
                        NotificationEvent.Type.INCIDENT_ESCALATED,
                        SLOT,
                        incident,
                        alert,
                        "room-co2",
                        null,
                        null,
                        null,
                        "boss",
                        null,
                        null,
                        2),
                new NotificationEvent(
                        "3",
                        NotificationEvent.Type.SILENCE_ENDED,
                        SLOT,
                        null,
                        null,
                        null,
                        "monitor-room-co2",
                        null,
                        null,
                        null,
                        null,
                        "operator",
                        null));
    }

    static Stream<BillingRecord> fullRecords() {
        var item = new BillingRecord.Subscription.Item(
                "si_1", "price_1", "prod_1", 2L, 1_500L, SLOT, SLOT.plus(Duration.ofDays(30)));
        return Stream.of(
                new BillingRecord.Customer("cus_1", "eur", -500, true, false, SLOT),
                new BillingRecord.Subscription(
                        "sub_1", "cus_1", "active", "eur", List.of(item), true, SLOT, SLOT, SLOT, SLOT, "in_1", SLOT),
                new BillingRecord.Invoice(
                        "in_1",
                        "cus_1",
                        "sub_1",
                        "GA-0001",
                        "paid",
                        "subscription_cycle",
                        "eur",
                        3_000,
                        3_000,
                        0,
                        3_000,
                        1,
                        SLOT,
                        SLOT,
                        SLOT,
                        SLOT,
                        SLOT),
                new BillingRecord.InvoicePayment(
                        "inpay_1", "cus_1", "in_1", "pi_1", "ch_1", "paid", "eur", 3_000, 3_000L, SLOT, SLOT),
                new BillingRecord.Payment(
                        "pi_1",
                        "cus_1",
                        "requires_payment_method",
                        "eur",
                        3_000,
                        0,
                        "ch_1",
                        "insufficient_funds",
                        SLOT,
                        SLOT),
                new BillingRecord.Charge(
                        "ch_1", "cus_1", "pi_1", "failed", "eur", 3_000, 0, 0, true, "card_declined", SLOT),
                new BillingRecord.Refund(
                        "re_1", "cus_1", "ch_1", "pi_1", "succeeded", "eur", 3_000, "requested_by_customer", SLOT),
                new BillingRecord.Dispute(
                        "du_1", "cus_1", "ch_1", "pi_1", "needs_response", "fraudulent", "eur", 3_000, SLOT, SLOT),
                new BillingRecord.DeviceOrder(
                        "order-1", "cus_1", "pi_1", "paid", 2, "eur", 4_900, 9_800, 4_900, true, SLOT));
    }

    /** With nothing that may be missing. */
    static Stream<BillingRecord> bareRecords() {
        var item = new BillingRecord.Subscription.Item("si_1", "price_1", null, null, null, null, null);
        return Stream.of(
                new BillingRecord.Customer("cus_1", null, 0, false, true, null),
                new BillingRecord.Subscription(
                        "sub_1",
                        "cus_1",
                        "incomplete",
                        "eur",
                        List.of(item),
                        false,
                        null,
                        null,
                        null,
                        null,
                        null,
                        SLOT),
                new BillingRecord.Invoice(
                        "in_1", null, null, null, "draft", null, "eur", 0, 0, 0, -5, 0, null, null, null, null, SLOT),
                new BillingRecord.InvoicePayment(
                        "inpay_1", null, "in_1", null, null, "open", "eur", 3_000, null, null, SLOT),
                new BillingRecord.Payment("pi_1", null, "processing", "eur", 3_000, 0, null, null, null, SLOT),
                new BillingRecord.Charge("ch_1", null, null, "pending", "eur", 3_000, 0, 0, false, null, SLOT),
                new BillingRecord.Refund("re_1", null, null, null, "pending", "eur", 3_000, null, SLOT),
                new BillingRecord.Dispute(
                        "du_1", null, "ch_1", null, "under_review", "general", "eur", 3_000, null, SLOT),
                new BillingRecord.DeviceOrder(
                        "order-1", null, "pi_1", "pending", 1, "eur", 4_900, 4_900, 0, false, SLOT));
    }

    static CheckResult result(
            Status status,
            int part,
            int parts,
            Map<String, String> labels,
            List<SeriesResult> series,
            @Nullable CheckError error) {
        return new CheckResult(
                "room-co2", SLOT, SLOT.plusMillis(4), 12, status, part - 1, part, parts, labels, series, error, null);
    }

    private static CheckResult error(CheckError.Kind kind) {
        return result(Status.DEGRADED, 1, 1, LABELS, List.of(), new CheckError(kind, "it said \"no\""));
    }

    private static SeriesResult series(Map<String, String> labels, double value) {
        return new SeriesResult(labels, value, Status.PASSED, null);
    }

    private static List<SeriesResult> many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> series(Collections.singletonMap("device", "d" + i), i / 8.0))
                .toList();
    }

    private static MonitorDefinition monitor(
            @Nullable String language,
            @Nullable Threshold fail,
            @Nullable Threshold degraded,
            OnMissing onMissing,
            AlertPolicy policy,
            Map<String, String> labels,
            @Nullable String summary) {
        return new MonitorDefinition(
                "room-co2",
                "default",
                Duration.ofMillis(1500),
                Duration.ofSeconds(5),
                "farm-db",
                language,
                "SELECT 1 AS value",
                summary == null ? null : Duration.ofMinutes(5),
                fail,
                degraded,
                onMissing,
                onMissing,
                policy,
                labels,
                summary,
                summary == null ? null : 500,
                summary == null ? null : Duration.ofMinutes(10),
                summary == null ? null : new Threshold.Below(900),
                summary == null ? null : true,
                summary == null ? null : "ppm",
                summary == null ? null : "cus_Na6dX7aXxi11N4");
    }

    private static AlertEvent alertEvent(
            AlertEvent.Type type, Map<String, String> series, Status status, @Nullable Double value) {
        return alertEvent(type, series, status, value, null);
    }

    private static AlertEvent alertEvent(
            AlertEvent.Type type,
            Map<String, String> series,
            Status status,
            @Nullable Double value,
            @Nullable Boolean routes) {
        var alert = Ids.alert("room-co2", series);
        var incident = Ids.incident(alert, SLOT);
        return new AlertEvent(
                Ids.event(incident, type, SLOT.plusSeconds(30)),
                type,
                alert,
                incident,
                "room-co2",
                series,
                LABELS,
                status,
                value,
                "because",
                "r1 has 1203.5 ppm CO2",
                SLOT.plusSeconds(30),
                SLOT,
                List.of("ops", "grower"),
                routes,
                value == null ? null : "ppm",
                null,
                value == null ? null : "failed above 1000 ppm; every 30s");
    }
}
