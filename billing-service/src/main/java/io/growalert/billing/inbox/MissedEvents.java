package io.growalert.billing.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores events that did not come as webhooks, as if they had: they were read from Stripe. */
public final class MissedEvents {
    private final JdbcClient jdbc;
    private final Inbox inbox;

    MissedEvents(JdbcClient jdbc, Inbox inbox) {
        this.jdbc = jdbc;
        this.inbox = inbox;
    }

    private static final String MISSING = """
            select id from unnest(:ids::text[]) as read (id)
            where not exists (select from billing.stripe_events e where e.id = read.id)
            """;

    /** Which of these are not stored. */
    public Set<String> missing(Collection<String> ids) {
        return new HashSet<>(jdbc.sql(MISSING)
                .param("ids", ids.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /**
     * Stores these, but for those that are there already.
     *
     * @param events the events as JSON, by their ids
     * @return why one is not stored, by its id
     */
    public Map<String, String> store(Map<String, String> events) {
        var refused = new LinkedHashMap<String, String>();
        var readable = new ArrayList<StripeEvent>();
        events.forEach((id, payload) -> {
            try {
                readable.add(StripeEvent.read(payload.getBytes(UTF_8)));
            } catch (StripeEvent.Unreadable e) {
                refused.put(id, String.valueOf(e.getMessage()));
            }
        });
        try {
            inbox.insert(readable);
        } catch (DataIntegrityViolationException e) {
            readable.forEach(event -> storeAlone(event, refused));
        }
        return refused;
    }

    private void storeAlone(StripeEvent event, Map<String, String> refused) {
        try {
            inbox.insert(List.of(event));
        } catch (DataIntegrityViolationException e) {
            refused.put(event.id(), "the database cannot hold it");
        }
    }
}
