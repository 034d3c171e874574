package io.growalert.billing.apply;

/** What a customer does in the course of a year, with several events in the same second, some of which have no order. */
final class Story {
    private final FakeStripe stripe;
    private final int n;
    private final long start;

    Story(FakeStripe stripe, int n, long start) {
        this.stripe = stripe;
        this.n = n;
        this.start = start;
    }

    /** Registers, subscribes, confirms, orders a device, gets a part back, disputes, changes the plan, cancels. */
    void emitAll(boolean deleted) {
        subscribes();
        ordersADevice();
        getsAPartBack();
        changesAndCancels();
        if (deleted) {
            emit("customer.deleted", 100, customer("cus_%d", "Jo", 7));
        }
        aGuestPays();
    }

    void subscribes() {
        emit("customer.created", 0, customer("cus_%d", "Jo", 0));
        emit("customer.subscription.created", 1, subscription("incomplete", 1, "si_%d"));
        emit("invoice.created", 1, invoice("draft", 0));
        emit("invoice.finalized", 1, invoice("open", 0));
        emit("payment_intent.created", 1, payment("pi_%d", "requires_payment_method", "{}"));
        emit("payment_intent.requires_action", 3, payment("pi_%d", "requires_action", "{}"));
        emit("payment_intent.processing", 3, payment("pi_%d", "processing", "{}"));
        emit("charge.succeeded", 4, charge("ch_%d", "pi_%d", 0, false));
        emit("payment_intent.succeeded", 4, payment("pi_%d", "succeeded", "{}"));
        emit("invoice.paid", 4, invoice("paid", 2_000));
        emit("invoice.payment_succeeded", 4, invoice("paid", 2_000));
        emit("invoice_payment.paid", 4, """
                {'id': 'inpay_%1$d', 'object': 'invoice_payment', 'invoice': 'in_%1$d', 'status': 'paid', 'currency': 'usd',
                 'amount_requested': 2000, 'amount_paid': 2000, 'created': %2$d,
                 'payment': {'type': 'payment_intent', 'payment_intent': 'pi_%1$d'}}
                """);
        emit("customer.subscription.updated", 4, subscription("active", 1, "si_%d"));
        emit("customer.updated", 5, customer("cus_%d", "Jo", 5));
        emit("customer.updated", 5, customer("cus_%d", "Joanna", 7));
    }

    private static final String ORDER =
            "{'growalert_order': 'order_%1$d', 'growalert_quantity': '2', 'growalert_unit_amount': '1000'}";

    void ordersADevice() {
        emit("payment_intent.created", 6, payment("pi_%d_order", "requires_confirmation", ORDER));
        emit("payment_intent.succeeded", 7, payment("pi_%d_order", "succeeded", ORDER));
        emit("charge.succeeded", 7, charge("ch_%d_order", "pi_%d_order", 0, false));
    }

    void getsAPartBack() {
        emit("refund.created", 8, refund("re_%d", "ch_%d_order", "pending"));
        emit("charge.refunded", 8, charge("ch_%d_order", "pi_%d_order", 500, false));
        emit("refund.updated", 9, refund("re_%d", "ch_%d_order", "succeeded"));
        emit("charge.dispute.created", 10, dispute("needs_response"));
        emit("charge.updated", 10, charge("ch_%d_order", "pi_%d_order", 500, true));
        emit("charge.dispute.closed", 14, dispute("won"));
    }

    void changesAndCancels() {
        emit("customer.subscription.updated", 30, subscription("active", 2, "si_%d_more"));
        emit("customer.subscription.updated", 30, subscription("active", 3, "si_%d_more"));
        emit("customer.subscription.deleted", 40, subscription("canceled", 3, "si_%d_more"));
    }

    void aGuestPays() {
        var guest = "'customer': null, ";
        emit(
                "payment_intent.succeeded",
                50,
                payment("pi_%d_guest", "succeeded", "{'growalert_request': 'r'}")
                        .replace("'customer': 'cus_%1$d', ", guest));
        emit(
                "charge.succeeded",
                50,
                charge("ch_%d_guest", "pi_%d_guest", 0, false).replace("'customer': 'cus_%1$d', ", guest));
        emit("refund.created", 51, refund("re_%d_guest", "ch_%d_guest", "succeeded"));
    }

    static String customer(String id, String name, long balance) {
        return """
                {'id': '%s', 'object': 'customer', 'email': 'jo@example.com', 'name': '%s', 'currency': 'usd',
                 'balance': %d, 'delinquent': false, 'created': %%2$d, 'metadata': {'growalert_request': 'r'}}
                """.formatted(id, name, balance).replace("%d'", "%1$d'");
    }

    private static String subscription(String status, int quantity, String item) {
        return """
                {'id': 'sub_%%1$d', 'object': 'subscription', 'customer': 'cus_%%1$d', 'status': '%s', 'currency': 'usd',
                 'created': %%2$d, 'latest_invoice': 'in_%%1$d', 'items': {'data': [
                   {'id': '%s', 'quantity': %d, 'current_period_start': %%2$d, 'current_period_end': %%2$d,
                    'price': {'id': 'price_1', 'product': 'prod_1', 'unit_amount': 2000}}]}}
                """.formatted(status, item.replace("%d", "%1$d"), quantity);
    }

    private static String invoice(String status, long paid) {
        return """
                {'id': 'in_%%1$d', 'object': 'invoice', 'customer': 'cus_%%1$d', 'status': '%s', 'currency': 'usd',
                 'amount_due': 2000, 'amount_paid': %d, 'total': 2000, 'created': %%2$d,
                 'parent': {'subscription_details': {'subscription': 'sub_%%1$d'}}}
                """.formatted(status, paid);
    }

    private static String payment(String id, String status, String metadata) {
        return """
                {'id': '%s', 'object': 'payment_intent', 'customer': 'cus_%%1$d', 'status': '%s', 'currency': 'usd',
                 'amount': 2000, 'created': %%2$d, 'metadata': %s}
                """.formatted(id.replace("%d", "%1$d"), status, metadata);
    }

    private static String charge(String id, String payment, long refunded, boolean disputed) {
        return """
                {'id': '%s', 'object': 'charge', 'customer': 'cus_%%1$d', 'payment_intent': '%s', 'status': 'succeeded',
                 'currency': 'usd', 'amount': 2000, 'amount_captured': 2000, 'amount_refunded': %d, 'disputed': %b,
                 'created': %%2$d}
                """.formatted(id.replace("%d", "%1$d"), payment.replace("%d", "%1$d"), refunded, disputed);
    }

    private static String refund(String id, String charge, String status) {
        return """
                {'id': '%s', 'object': 'refund', 'charge': '%s', 'status': '%s', 'currency': 'usd', 'amount': 500,
                 'created': %%2$d}
                """.formatted(id.replace("%d", "%1$d"), charge.replace("%d", "%1$d"), status);
    }

    private static String dispute(String status) {
        return """
                {'id': 'dp_%%1$d', 'object': 'dispute', 'charge': 'ch_%%1$d_order', 'status': '%s', 'reason': 'general',
                 'currency': 'usd', 'amount': 500, 'created': %%2$d}
                """.formatted(status);
    }

    /** @param object with the customer's number and the time of creation to be filled in */
    private FakeStripe.SentEvent emit(String type, long after, String object) {
        return stripe.emit(type, start + after, object.formatted(n, start));
    }
}
