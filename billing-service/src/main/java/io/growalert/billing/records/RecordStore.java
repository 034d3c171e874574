package io.growalert.billing.records;

import io.growalert.billing.projection.ChangeSet;
import io.growalert.billing.projection.OrderSettlements;
import io.growalert.billing.projection.ProjectedRecord;
import io.growalert.billing.shipping.ShippingAddresses;
import io.growalert.events.Entitlement;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Opens a set of changes on what is recorded, and writes a finished one. All within the caller's transaction. */
public final class RecordStore {
    private final JdbcClient jdbc;
    private final ObjectTable objects;
    private final RecordTables records;
    private final RegisteredAddresses addresses;
    private final EntitlementTable entitlements;

    public RecordStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
        objects = new ObjectTable(jdbc);
        records = new RecordTables(jdbc);
        addresses = new RegisteredAddresses(jdbc);
        entitlements = new EntitlementTable(jdbc);
    }

    /**
     * Changes of these records, whose keys are locked.
     *
     * @param others the ids of further objects whose versions are needed
     */
    public ChangeSet open(Collection<ProjectedRecord> entered, Collection<String> others) {
        var settlements = settlements(entered);
        var ids = settlements.ids();
        ids.addAll(others);
        entered.forEach(record -> ids.add(record.id()));
        return new ChangeSet(objects.read(ids), settlements);
    }

    private static final String SETTLEMENTS = """
            with wanted as materialized (
                select id from unnest(:ids::text[]) as id
                union
                select payment from billing.charges where id = any(:ids) and payment is not null
            ), charge as materialized (
                select c.* from wanted w join billing.charges c on c.payment = w.id
                union
                select c.* from wanted w join billing.charges c on c.id = w.id
            )
            select jsonb_build_object('kind', 'charge') || to_jsonb(c) from charge c
            union all
            select jsonb_build_object('kind', 'dispute') || to_jsonb(d) from charge c join billing.disputes d on d.charge = c.id
            union all
            select jsonb_build_object('kind', 'device_order') || to_jsonb(o)
            from wanted w join billing.device_orders o on o.payment = w.id
            """;

    /** The recorded orders, charges and disputes of the payments of these records. */
    OrderSettlements settlements(Collection<ProjectedRecord> records) {
        var settlements = new OrderSettlements();
        var ids = new HashSet<String>();
        records.forEach(projected -> ids.addAll(OrderSettlements.paymentIds(projected.record())));
        if (!ids.isEmpty()) {
            jdbc.sql(SETTLEMENTS).param("ids", ids.toArray(String[]::new)).query(String.class).list().stream()
                    .map(ProjectedRecord::record)
                    .forEach(settlements::enter);
        }
        return settlements;
    }

    /** Adds links that are missing in the rows of these records, which differ in nothing else. */
    void link(Collection<ProjectedRecord> recorded) {
        records.link(recorded.stream().filter(ProjectedRecord::isLinked).toList());
    }

    /**
     * Writes the changes: the versions first, since they fail when another transaction wrote meanwhile. Returns the entitlements that
     * changed with them.
     */
    public List<Entitlement> write(ChangeSet changes) {
        objects.write(changes.versions());
        records.write(changes.rows());
        records.link(changes.linked());
        addresses.follow(changes.rows());
        addresses.forget(changes.deletedCustomers());
        ShippingAddresses.erase(jdbc, changes.deletedCustomers());
        return entitlements.follow(changes);
    }
}
