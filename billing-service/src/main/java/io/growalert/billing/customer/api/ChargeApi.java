package io.growalert.billing.customer.api;

import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.order.Order;
import io.growalert.billing.customer.order.Order.ExpectedTotal;
import io.growalert.billing.customer.order.OrderOutcome;
import io.growalert.billing.customer.order.OrderPayments;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Orders of devices and their payment. */
@RestController
final class ChargeApi {
    private static final Logger LOG = LoggerFactory.getLogger(ChargeApi.class);
    private static final Pattern TOKEN = Pattern.compile("(tok|pm)_[A-Za-z0-9_]+");
    private static final Pattern CURRENCY = Pattern.compile("[A-Za-z]{3}");

    private final Sessions sessions;
    private final OrderPayments payments;
    private final PaymentAttempts attempts;
    private final CustomerSettings.Device device;

    ChargeApi(Sessions sessions, OrderPayments payments, PaymentAttempts attempts, CustomerSettings settings) {
        this.sessions = sessions;
        this.payments = payments;
        this.attempts = attempts;
        device = settings.device();
    }

    @PostMapping(path = "/charge", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Object> charge(HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        var body = JsonBody.of(http);
        int quantity = body.wholeNumber("quantity", 1, device.maxQuantity());
        var token = body.text("token", 255);
        if (!TOKEN.matcher(token).matches()) {
            throw CommonProblem.INVALID_FIELD.in("token", "token: expected tok_... or pm_...");
        }
        var expected =
                new ExpectedTotal(body.optionalWholeNumber("expectedAmount", 1, Integer.MAX_VALUE), currency(body));
        var key = RequestKey.of(
                customer, "charge", IdempotencyKeyHeader.of(http), token + "\n" + quantity, expected.covered());
        var order = new Order(key, token, quantity, expected, ShippingFields.optional(body));
        var outcome = payments.charge(order, attempts.of(customer, http));
        LOG.atInfo()
                .addKeyValue("customerId", customer)
                .addKeyValue("quantity", quantity)
                .addKeyValue("outcome", outcome.getClass().getSimpleName())
                .log("Device order processed");
        return answer(outcome);
    }

    private static @Nullable String currency(JsonBody body) {
        var currency = body.optionalText("expectedCurrency", 3);
        if (currency != null && !CURRENCY.matcher(currency).matches()) {
            throw body.invalid("expectedCurrency", "three letters");
        }
        return currency == null ? null : currency.toLowerCase(Locale.ROOT);
    }

    private static ResponseEntity<Object> answer(OrderOutcome outcome) {
        return switch (outcome) {
            case OrderOutcome.Paid paid ->
                ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(paid.charge());
            case OrderOutcome.ToConfirm(var payment, var secret) ->
                accepted(true, payment, Map.of("clientSecret", secret.value()));
            case OrderOutcome.Processing(var payment) -> accepted(false, payment, Map.of());
            case OrderOutcome.Declined declined -> throw CustomerAdvice.card(declined.card());
            case OrderOutcome.TokenRefused refused -> throw refused.problem();
            case OrderOutcome.Canceled _ -> throw BillingProblem.PAYMENT_CANCELED.because("the payment was canceled");
        };
    }

    private static ResponseEntity<Object> accepted(boolean requiresAction, String payment, Map<String, String> more) {
        var body = new LinkedHashMap<String, Object>();
        body.put("requiresAction", requiresAction);
        body.put("paymentIntentId", payment);
        body.putAll(more);
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(body);
    }
}
