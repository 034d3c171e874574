package io.growalert.billing.mail;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.loop.Waiter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/** Facts that customers are notified of by mail, {@code billing.mails}. */
@Component
public final class Mails {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcClient jdbc;
    private final Waiter queued = new Waiter();

    public Mails(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Adds a mail in the fact's transaction; it is sent after the commit. A fact that was added before changes nothing.
     *
     * @param subject identifies the fact among those of its kind, such as the id of the order
     * @param values for the template, see {@link MailKind}
     */
    public void enqueue(MailKind kind, String customer, String subject, Map<String, String> values) {
        enqueue(List.of(new MailFact(kind, subject, customer, values)));
    }

    private static final String ADD = """
            insert into billing.mails (kind, subject, customer, content, due_at)
            select kind, subject, customer, content::jsonb, clock_timestamp() + delay * interval '1 millisecond'
            from unnest(:kinds::text[], :subjects::text[], :customers::text[], :contents::text[], :delays::bigint[])
                 as fact (kind, subject, customer, content, delay)
            order by kind, subject
            on conflict (kind, subject) do nothing
            """;

    /** As {@link #enqueue(MailKind, String, String, Map)}, of any number of facts. */
    public void enqueue(Collection<MailFact> facts) {
        if (facts.isEmpty()) {
            return;
        }
        jdbc.sql(ADD)
                .param("kinds", Columns.texts(facts, fact -> fact.kind().text()))
                .param("subjects", Columns.texts(facts, MailFact::subject))
                .param("customers", Columns.texts(facts, MailFact::customer))
                .param("contents", Columns.texts(facts, fact -> JSON.writeValueAsString(fact.values())))
                .param(
                        "delays",
                        Columns.numbers(facts, fact -> fact.kind().delay().toMillis()))
                .update();
        wakeAfterCommit();
    }

    private void wakeAfterCommit() {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    queued.wake();
                }
            });
        } else {
            queued.wake();
        }
    }

    private static final String COUNT = """
            select count(*) from (
                select from billing.mails where state = 'queued' and kind = :kind limit :atMost) as found
            """;

    /** How many mails of a kind are not sent yet, counted up to a limit. */
    public int waiting(MailKind kind, int atMost) {
        return jdbc.sql(COUNT)
                .param("kind", kind.text())
                .param("atMost", atMost)
                .query(Integer.class)
                .single();
    }

    /** Woken when a mail was added. */
    Waiter queued() {
        return queued;
    }
}
