package io.growalert.billing.webhook;

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

/** Stores events that were listed by Stripe and never arrived as webhooks. */
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

    /** The ids of these events that are not stored. */
    public Set<String> missing(Collection<String> ids) {
        return new HashSet<>(jdbc.sql(MISSING)
                .param("ids", ids.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /**
     * Stores these events, except those stored already.
     *
     * @param events as JSON, by their ids
     * @return why an event was rejected, by its id
     */
    public Map<String, String> store(Map<String, String> events) {
        var rejected = new LinkedHashMap<String, String>();
        var readable = new ArrayList<StripeEvent>();
        events.forEach((id, payload) -> {
            try {
                readable.add(StripeEvent.read(payload.getBytes(UTF_8)));
            } catch (StripeEvent.Unreadable e) {
                rejected.put(id, String.valueOf(e.getMessage()));
            }
        });
        try {
            inbox.insert(readable);
        } catch (DataIntegrityViolationException e) {
            readable.forEach(event -> storeAlone(event, rejected));
        }
        return rejected;
    }

    private void storeAlone(StripeEvent event, Map<String, String> rejected) {
        try {
            inbox.insert(List.of(event));
        } catch (DataIntegrityViolationException e) {
            rejected.put(event.id(), "the database cannot hold it");
        }
    }
}
