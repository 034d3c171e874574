package io.growalert.billing.apply;

import io.growalert.billing.records.CustomerList;
import io.growalert.billing.records.DuplicateAddresses;
import io.growalert.billing.records.OrderList;
import io.growalert.billing.shipping.ShippingState;
import io.growalert.events.StorableText;
import io.growalert.runtime.database.Cursor;
import io.growalert.runtime.http.CommonProblem;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Customers and orders for admins. The answers have personal data, which no cache stores. */
@RestController
class BillingListsApi {
    private static final int MAX_LIMIT = 1_000;
    private static final int MAX_SEARCH = 320;

    private final CustomerList customers;
    private final OrderList orders;
    private final DuplicateAddresses duplicates;

    BillingListsApi(CustomerList customers, OrderList orders, DuplicateAddresses duplicates) {
        this.customers = customers;
        this.orders = orders;
        this.duplicates = duplicates;
    }

    /** @param search the earlier name of {@code query} */
    @GetMapping("/api/billing/customers")
    ResponseEntity<CustomerList.Page> customers(
            @RequestParam(required = false) @Nullable String query,
            @RequestParam(required = false) @Nullable String search,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        int rows = checked(limit);
        var text = searched(query, search);
        var wanted = oneOf("state", state, CustomerList.STATES);
        return page(cursor, after -> customers.read(text, wanted, after, rows));
    }

    /** Customers that share an e-mail address. */
    @GetMapping("/api/billing/duplicates")
    ResponseEntity<DuplicateAddresses.Page> duplicates(
            @RequestParam(required = false) @Nullable String cursor, @RequestParam(defaultValue = "100") int limit) {
        int rows = checked(limit);
        return page(cursor, after -> duplicates.read(after, rows));
    }

    /** @param search the earlier name of {@code query} */
    @GetMapping("/api/billing/orders")
    ResponseEntity<OrderList.Page> orders(
            @RequestParam(required = false) @Nullable String query,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String search,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        var wanted = oneOf("status", status, OrderList.STATUSES);
        var text = oneOf("state", state, ShippingState.texts());
        var fulfilment = text == null ? null : ShippingState.of(text).orElseThrow();
        int rows = checked(limit);
        var begin = searched(query, search);
        return page(cursor, after -> orders.read(wanted, fulfilment, begin, after, rows));
    }

    private static @Nullable String oneOf(String parameter, @Nullable String value, List<String> expected) {
        var text = given(value);
        if (text != null && !expected.contains(text)) {
            throw CommonProblem.INVALID_FIELD.in(
                    parameter, "%s: expected one of %s".formatted(parameter, String.join(", ", expected)));
        }
        return text;
    }

    private static <T> ResponseEntity<T> page(@Nullable String cursor, Function<@Nullable Cursor, T> read) {
        try {
            var position = given(cursor);
            var page = read.apply(position == null ? null : Cursor.read(position));
            return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(page);
        } catch (Cursor.InvalidCursor e) {
            throw CommonProblem.INVALID_FIELD.in("cursor", "cursor: " + e.getMessage());
        }
    }

    private static int checked(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw CommonProblem.INVALID_FIELD.in("limit", "limit: expected from 1 to " + MAX_LIMIT);
        }
        return limit;
    }

    private static @Nullable String searched(@Nullable String query, @Nullable String search) {
        return given(query) == null ? begin("search", search) : begin("query", query);
    }

    private static @Nullable String begin(String parameter, @Nullable String value) {
        var text = given(value);
        if (text != null && (text.length() > MAX_SEARCH || !StorableText.is(text))) {
            throw CommonProblem.INVALID_FIELD.in(
                    parameter, "%s: expected at most %d characters without U+0000".formatted(parameter, MAX_SEARCH));
        }
        return text;
    }

    /** Null when the parameter is absent or blank. */
    private static @Nullable String given(@Nullable String parameter) {
        return parameter == null || parameter.isBlank() ? null : parameter.strip();
    }
}
