package io.growalert.billing.apply;

import io.growalert.billing.records.CustomerList;
import io.growalert.billing.records.OrderList;
import io.growalert.events.StorableText;
import io.growalert.runtime.database.Cursor;
import io.growalert.runtime.http.CommonProblem;
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

    BillingListsApi(CustomerList customers, OrderList orders) {
        this.customers = customers;
        this.orders = orders;
    }

    @GetMapping("/api/billing/customers")
    ResponseEntity<CustomerList.Page> customers(
            @RequestParam(required = false) @Nullable String search,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        int rows = checked(limit);
        var text = searched(search);
        return page(cursor, after -> customers.read(text, after, rows));
    }

    @GetMapping("/api/billing/orders")
    ResponseEntity<OrderList.Page> orders(
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable String search,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        var wanted = given(status);
        if (wanted != null && !OrderList.STATUSES.contains(wanted)) {
            throw CommonProblem.INVALID_FIELD.in(
                    "status", "status: expected one of " + String.join(", ", OrderList.STATUSES));
        }
        int rows = checked(limit);
        var text = searched(search);
        return page(cursor, after -> orders.read(wanted, text, after, rows));
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

    private static @Nullable String searched(@Nullable String search) {
        var text = given(search);
        if (text != null && (text.length() > MAX_SEARCH || !StorableText.is(text))) {
            throw CommonProblem.INVALID_FIELD.in(
                    "search", "search: expected at most %d characters without U+0000".formatted(MAX_SEARCH));
        }
        return text;
    }

    /** Null when the parameter is absent or blank. */
    private static @Nullable String given(@Nullable String parameter) {
        return parameter == null || parameter.isBlank() ? null : parameter.strip();
    }
}
