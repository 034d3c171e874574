package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.report.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Whether this version continues the customers of the previous one: nothing is charged or mailed twice, and what was open ends. */
final class UpgradeLedger {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final UpgradeCustomers customers;
    private final UpgradeSite site;
    private final Report report;

    UpgradeLedger(UpgradeCustomers customers, UpgradeSite site, Report report) {
        this.customers = customers;
        this.site = site;
        this.report = report;
    }

    /** @param mailed how many mails the previous version wrote */
    void continued(UpgradeCustomers.Left left, int mailed) throws Exception {
        report.checkEventually(
                "the refund whose event was undelivered is recorded",
                PATIENCE,
                () -> customers.count(
                                "select count(*) from billing.device_orders where id = '%s' and refunded_amount = amount"
                                        .formatted(left.refunded()))
                        == 1);
        var ledger = customers.ledger();
        report.check(
                "each of %d rows of the ledger is unchanged, but those of the refund"
                        .formatted(left.ledger().size()),
                differences(left.ledger(), ledger, left.refunded()));
        report.checkEqual("charges at Stripe", left.charges(), customers.charges());
        report.check(
                "the parked event is parked",
                customers.count("select count(*) from billing.stripe_events where state = 'parked'") == 1,
                "it is not");
        report.checkEventually(
                "the refund is the only fact that is mailed",
                PATIENCE,
                () -> customers.mails().size() == mailed + 1);
        Report.print("     mails: " + mails());
        finishOrder(left, mailed + 1);
        replay(left);
    }

    private void finishOrder(UpgradeCustomers.Left left, int mailed) throws Exception {
        customers.authenticate(left.openPayment());
        report.checkEventually(
                "the open order is paid",
                PATIENCE,
                () -> customers.count(
                                "select count(*) from billing.device_orders where payment = '%s' and status = 'paid'"
                                        .formatted(left.openPayment()))
                        == 1);
        var order = customers.text(
                "select id from billing.device_orders where payment = '%s'".formatted(left.openPayment()));
        site.dispatcher().change("POST", "/api/billing/orders/%s/shipped".formatted(order), "{\"notify\": true}");
        report.check(
                "  and shipped",
                customers
                        .text("select shipping_state from billing.orders where id = '%s'".formatted(order))
                        .equals("shipped"),
                "it is not");
        report.checkEventually(
                "  and mailed: receipt and shipment once",
                PATIENCE,
                () -> customers.count(
                                "select count(*) from billing.mails where subject like '%s%%' and state = 'sent' and kind in ('receipt', 'shipped')"
                                        .formatted(order))
                        == 2);
        var charges = new HashMap<>(customers.charges());
        charges.keySet().removeAll(left.charges().keySet());
        report.check("  with one charge", charges.size() == 1, charges.toString());
        Report.print("     mails: " + mails() + ", files: " + (customers.mails().size() - mailed));
    }

    /** Stripe may send any event again. */
    private void replay(UpgradeCustomers.Left left) throws Exception {
        var paid = left.ledger().entrySet().stream()
                .filter(row -> row.getKey().startsWith("device_orders ")
                        && row.getValue().path("status").asString("").equals("paid"))
                .map(row -> row.getValue().path("id").asString())
                .filter(order -> !order.equals(left.refunded()))
                .toList();
        report.check(
                "orders that were paid before wait for the operator (unknown): %d".formatted(paid.size()),
                paid.stream()
                        .filter(order -> customers.count(
                                        "select count(*) from billing.orders where id = '%s' and shipping_state = 'unknown'"
                                                .formatted(order))
                                != 1)
                        .toList());
    }

    private List<String> mails() throws Exception {
        return customers.texts("select concat_ws(' ', kind, state) from billing.mails order by id");
    }

    /** Only the columns that the previous version had. */
    private static List<String> differences(
            Map<String, JsonNode> before, Map<String, JsonNode> after, String refunded) {
        var differences = new ArrayList<String>();
        before.forEach((id, row) -> {
            var now = after.get(id);
            if (now == null) {
                differences.add(id + " is missing");
                return;
            }
            row.propertyStream()
                    .filter(column -> !column.getValue().equals(now.get(column.getKey())))
                    .filter(column -> !isRefund(id, row, column.getKey(), refunded))
                    .forEach(column -> differences.add("%s: %s is %s, was %s"
                            .formatted(id, column.getKey(), now.get(column.getKey()), column.getValue())));
        });
        return differences;
    }

    /** The refund changes its order, and its charge's refunded amount. */
    private static boolean isRefund(String id, JsonNode row, String column, String refunded) {
        return id.equals("device_orders " + refunded)
                || (id.startsWith("charges ") && column.equals("amount_refunded") && row.has("amount_refunded"));
    }
}
