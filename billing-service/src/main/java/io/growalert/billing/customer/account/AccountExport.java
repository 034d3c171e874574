package io.growalert.billing.customer.account;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything that is stored about a customer, as JSON: each table and view that names customers, unless it is listed here. */
@Component
public final class AccountExport {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Stripe's events, of which the records were made, versions of records, and digests of secrets. */
    private static final Set<String> INTERNAL =
            Set.of("stripe_events", "objects", "foreign_objects", "requests", "sign_in_links");

    private final JdbcClient jdbc;
    private final InstantSource clock;

    AccountExport(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    private static final String TABLES = """
            select c.table_name
            from information_schema.columns c
            where c.table_schema = 'billing' and c.column_name = 'customer'
            order by c.table_name
            """;

    private static final String CUSTOMER = "select to_jsonb(c)::text from billing.customers c where c.id = :customer";

    private static final String ITEMS = """
            select coalesce(jsonb_agg(to_jsonb(i) order by i.id), '[]')::text
            from billing.subscription_items i join billing.subscriptions s on s.id = i.subscription
            where s.customer = :customer
            """;

    /** The rows by table. */
    public String of(String customer) {
        var all = new TreeMap<String, JsonNode>();
        for (var table : jdbc.sql(TABLES).query(String.class).list()) {
            if (!INTERNAL.contains(table)) {
                all.put(table, read("""
                        select coalesce(jsonb_agg(to_jsonb(r)), '[]')::text from billing."%s" r where r.customer = :customer
                        """.formatted(table), customer));
            }
        }
        all.put("subscription_items", read(ITEMS, customer));
        var export = JSON.createObjectNode();
        export.put("exportedAt", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        export.set("customer", read(CUSTOMER, customer));
        export.set("data", JSON.valueToTree(all));
        return export.toString();
    }

    private JsonNode read(String sql, String customer) {
        return jdbc.sql(sql)
                .param("customer", customer)
                .query(String.class)
                .optional()
                .map(JSON::readTree)
                .orElseGet(JSON::nullNode);
    }
}
