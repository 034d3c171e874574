package io.growalert.billing.customer.api;

import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.shipping.CustomerOrders;
import io.growalert.billing.shipping.CustomerOrders.CustomerOrder;
import io.growalert.billing.shipping.ShippingAddresses;
import io.growalert.billing.shipping.ShippingState;
import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A customer reads the orders of devices, and gives the address that they are shipped to. */
@RestController
final class OrdersApi {
    private final Sessions sessions;
    private final CustomerOrders orders;
    private final ShippingAddresses addresses;

    OrdersApi(Sessions sessions, CustomerOrders orders, ShippingAddresses addresses) {
        this.sessions = sessions;
        this.orders = orders;
        this.addresses = addresses;
    }

    record Orders(List<CustomerOrder> orders) {}

    @GetMapping("/orders")
    Orders mine(HttpServletRequest http) {
        return new Orders(orders.of(sessions.customerOf(http)));
    }

    /** Idempotent: the latest address counts. */
    @PostMapping(path = "/orders/{id}/shipping", consumes = MediaType.APPLICATION_JSON_VALUE)
    CustomerOrder ship(@PathVariable String id, HttpServletRequest http) throws IOException {
        var customer = sessions.customerOf(http);
        var address = ShippingFields.required(JsonBody.of(http));
        var state = addresses.change(id, customer, address).orElseThrow(OrdersApi::unknown);
        if (!state.acceptsAddress()) {
            throw closed(state);
        }
        return orders.of(customer, id).orElseThrow(OrdersApi::unknown);
    }

    private static ErrorResponseException unknown() {
        return CommonProblem.NOT_FOUND.because("no such order of this customer");
    }

    private static ErrorResponseException closed(ShippingState state) {
        return BillingProblem.ORDER_CLOSED.because(
                "the address cannot be changed: the order is %s".formatted(state.text()));
    }
}
