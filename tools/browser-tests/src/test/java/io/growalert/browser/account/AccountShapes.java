package io.growalert.browser.account;

/** Responses of the account's endpoints. */
final class AccountShapes {
    static final String PRICES = """
            [{"id": "price_month", "object": "price", "currency": "eur", "unit_amount": 1900,
              "recurring": {"interval": "month", "interval_count": 1}, "product": {"name": "Monthly"}},
             {"id": "price_year", "object": "price", "currency": "eur", "unit_amount": 19000,
              "recurring": {"interval": "year", "interval_count": 1}, "product": {"name": "Yearly"}}]
            """;

    static final String CONFIG = """
            {"publishableKey": "pk_test_sandbox", "prices": %s, "trialDays": 0,
             "device": {"unitAmount": 4900, "currency": "eur", "maxQuantity": 100}}
            """.formatted(PRICES);

    static final String NO_ORDERS = "{\"orders\": []}";
    static final String NO_INVOICES = "{\"invoices\": [], \"receipts\": [], \"next\": null}";

    static final String NEXT_INVOICE = "{\"amount\": 1900, \"currency\": \"eur\", \"at\": \"2026-12-27T10:00:00Z\"}";
    static final String VISA =
            "{\"type\": \"card\", \"brand\": \"visa\", \"last4\": \"4242\", \"expMonth\": 4, \"expYear\": 2030}";
    static final String MASTERCARD =
            "{\"type\": \"card\", \"brand\": \"mastercard\", \"last4\": \"4444\", \"expMonth\": 12, \"expYear\": 2034}";

    static final String PREVIEW = """
            {"priceId": "price_year", "prorationDate": 1795600800, "amountDue": 17100, "currency": "eur",
             "lines": [{"description": "Unused time on Monthly", "amount": -1900},
                       {"description": "Remaining time on Yearly", "amount": 19000}],
             "credit": 0, "nextAmount": 19000, "nextAt": "2027-11-27T10:00:00Z"}
            """;

    /** Its credit pays several invoices. */
    static final String DOWNGRADE = """
            {"priceId": "price_month", "prorationDate": 1795600800, "amountDue": 0, "currency": "eur",
             "lines": [{"description": "Unused time on Yearly", "amount": -19000},
                       {"description": "Remaining time on Monthly", "amount": 1900}],
             "credit": 17100, "nextAmount": 0, "nextAt": "2026-12-27T10:00:00Z"}
            """;

    static final String ADDRESS = """
            {"name": "Greta Grower", "line1": "Gartenweg 7", "city": "Berlin", "postalCode": "10115", "country": "DE"}
            """;

    private AccountShapes() {}

    /**
     * An account with this subscription.
     *
     * @param subscription JSON, or {@code null} in JSON, like the others
     */
    static String account(String subscription, String nextInvoice, String paymentMethod, String openInvoice) {
        return """
                {"customer": {"id": "cus_1", "email": "greta@example.com", "name": null}, "subscription": %s, "nextInvoice": %s,
                 "prices": %s, "paymentMethod": %s, "openInvoice": %s, "portal": false, "pauseGraceSeconds": null}
                """.formatted(subscription, nextInvoice, PRICES, paymentMethod, openInvoice);
    }

    /** @param members that replace the usual ones, such as {@code "cancelAt": "..."}; the last one of a name counts */
    static String subscription(String status, String plan, String members) {
        var price = plan.equals("Yearly")
                ? "{\"id\": \"price_year\", \"lookupKey\": \"yearly\", \"name\": \"Yearly\", \"amount\": 19000, \"currency\": \"eur\", \"interval\": \"year\"}"
                : "{\"id\": \"price_month\", \"lookupKey\": \"monthly\", \"name\": \"Monthly\", \"amount\": 1900, \"currency\": \"eur\", \"interval\": \"month\"}";
        return """
                {"id": "sub_1", "status": "%s", "price": %s, "trialEnd": null, "currentPeriodEnd": "2026-12-27T10:00:00Z",
                 "cancelAt": null, "endedAt": null, "pendingChange": null%s}
                """.formatted(status, price, members);
    }

    static String active() {
        return account(subscription("active", "Monthly", ""), NEXT_INVOICE, VISA, "null");
    }

    static String yearly() {
        return account(
                subscription("active", "Yearly", ""),
                "{\"amount\": 19000, \"currency\": \"eur\", \"at\": \"2027-11-27T10:00:00Z\"}",
                VISA,
                "null");
    }

    static String trial() {
        return account(
                subscription("trialing", "Monthly", ", \"trialEnd\": \"2026-12-11T10:00:00Z\""),
                "{\"amount\": 1900, \"currency\": \"eur\", \"at\": \"2026-12-11T10:00:00Z\"}",
                VISA,
                "null");
    }

    static String trialWithoutCard() {
        return account(
                subscription("trialing", "Monthly", ", \"trialEnd\": \"2026-12-11T10:00:00Z\""),
                "null",
                "null",
                "null");
    }

    static String paused() {
        return account(subscription("paused", "Monthly", ""), "null", "null", "null");
    }

    static String pastDue() {
        return account(subscription("past_due", "Monthly", ""), NEXT_INVOICE, VISA, """
                {"id": "in_open", "number": "GROW-0002", "amount": 1900, "currency": "eur", "hostedUrl": "https://invoice.example.com/2"}
                """);
    }

    static String canceled() {
        return account(
                subscription("active", "Monthly", ", \"cancelAt\": \"2026-12-27T10:00:00Z\""), "null", VISA, "null");
    }

    static String ended() {
        return account(
                subscription("canceled", "Monthly", ", \"endedAt\": \"2026-11-20T10:00:00Z\""), "null", VISA, "null");
    }

    static String none() {
        return account("null", "null", "null", "null");
    }

    /** @param address of the delivery, or {@code null} in JSON */
    static String order(String id, String shippingState, String address, String members) {
        return """
                {"id": "%s", "status": "paid", "quantity": 2, "amount": 9800, "currency": "eur", "refundedAmount": 0,
                 "disputed": false, "createdAt": "2026-11-27T10:00:00Z", "shippingState": "%s", "addressMissing": false,
                 "tracking": null, "shippedAt": null, "shipping": %s%s}
                """.formatted(id, shippingState, address, members);
    }

    static String orders(String... orders) {
        return "{\"orders\": [%s]}".formatted(String.join(",", orders));
    }

    static String invoice(int number, String status) {
        return """
                {"id": "in_%1$d", "number": "GROW-%1$04d", "status": "%2$s", "total": 1900, "currency": "eur",
                 "createdAt": "2026-%3$02d-27T10:00:00Z", "hostedUrl": "https://invoice.example.com/%1$d",
                 "pdfUrl": "https://invoice.example.com/%1$d/pdf"}
                """.formatted(number, status, number);
    }

    /** @param next in JSON */
    static String invoices(String next, String... invoices) {
        return """
                {"invoices": [%s], "receipts": [{"charge": "ch_1", "amount": 9800, "currency": "eur", "createdAt": "2026-11-26T10:00:00Z",
                 "url": "https://receipt.example.com/1"}], "next": %s}
                """.formatted(String.join(",", invoices), next);
    }
}
