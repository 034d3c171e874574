package io.growalert.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each stage owns its tables: the SQL of all classes shows who reads and writes them. */
class TableOwnershipTest {
    private static final Path SOURCES = Path.of("src/main/java/io/growalert/billing");
    private static final Pattern WRITE = Pattern.compile("(?:insert into|update|delete from)\\s+billing\\.(\\w+)");
    private static final Pattern USE = Pattern.compile("(?:into|update|from|join)\\s+billing\\.(\\w+)");

    private static final Map<String, Set<String>> WRITERS = Map.ofEntries(
            Map.entry("stripe_events", Set.of("webhook")),
            Map.entry("fetches", Set.of("fetch")),
            Map.entry("objects", Set.of("records")),
            Map.entry("foreign_objects", Set.of("records")),
            Map.entry("shipping_addresses", Set.of("shipping")),
            Map.entry("shipments", Set.of("shipping")),
            Map.entry("subscription_items", Set.of("records")),
            Map.entry("entitlements", Set.of("records")),
            Map.entry("reconciliations", Set.of("reconcile")),
            // those of an erased customer are erased with the records; an address that was followed is a fact
            Map.entry("mails", Set.of("mail", "records")),
            // follows the addresses at Stripe
            Map.entry("registrations", Set.of("customer", "records")),
            Map.entry("sign_in_links", Set.of("customer", "records")),
            Map.entry("email_changes", Set.of("customer", "records")),
            Map.entry("email_change_links", Set.of("customer")),
            Map.entry("plan_previews", Set.of("customer", "records")));

    @ParameterizedTest
    @CsvSource({
        "stripe_events, webhook",
        "fetches, fetch",
        "outbox, outbox",
        "objects, records",
        "reconciliations, reconcile"
    })
    void a_table_of_the_pipeline_is_used_by_one_package_only(String table, String owner) throws IOException {
        assertThat(packagesThat(USE, table)).containsExactly(owner);
    }

    @Test
    void only_the_owner_writes_a_table() throws IOException {
        for (var table : WRITERS.entrySet()) {
            assertThat(packagesThat(WRITE, table.getKey())).as(table.getKey()).isSubsetOf(table.getValue());
        }
    }

    private static Set<String> packagesThat(Pattern use, String table) throws IOException {
        var packages = new TreeSet<String>();
        try (var files = Files.walk(SOURCES)) {
            for (var file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                var uses = use.matcher(Files.readString(file)).results().anyMatch(found -> found.group(1)
                        .equals(table));
                if (uses) {
                    packages.add(SOURCES.relativize(file).getName(0).toString());
                }
            }
        }
        return packages;
    }
}
