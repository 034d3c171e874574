package io.growalert.billing.apply;

import io.growalert.billing.mail.MailFact;
import io.growalert.billing.mail.MailKind;
import io.growalert.billing.mail.Mails;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Warns customers whose subscription ended, once for each end, three days before their monitors are paused. */
final class PauseWarnings {
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration AHEAD = Duration.ofDays(3);

    private final JdbcClient jdbc;
    private final Mails mails;
    private final EntitlementSettings settings;
    private final InstantSource clock;

    PauseWarnings(JdbcClient jdbc, Mails mails, EntitlementSettings settings, InstantSource clock) {
        this.jdbc = jdbc;
        this.mails = mails;
        this.settings = settings;
        this.clock = clock;
    }

    ScheduledTask task() {
        return new ScheduledTask("pause-warnings", INTERVAL, RETRY, _ -> warn());
    }

    // neither who never paid, nor who is already paused
    private static final String SOON = """
            select customer, status, until from billing.entitlements
            where not entitled and status in ('canceled', 'unpaid', 'paused') and until > :from and until <= :to
            """;

    void warn() {
        if (!settings.enforce()) {
            return;
        }
        var paused = clock.instant().minus(settings.grace());
        mails.enqueue(jdbc.sql(SOON)
                .param("from", Columns.time(paused))
                .param("to", Columns.time(paused.plus(AHEAD)))
                .query((row, n) -> {
                    var customer = row.getString("customer");
                    var until = Columns.instant(row, "until");
                    return new MailFact(
                            MailKind.MONITORS_PAUSE,
                            "%s:%d".formatted(customer, until.getEpochSecond()),
                            customer,
                            values(row.getString("status"), until.plus(settings.grace())));
                })
                .list());
    }

    /** The status, unless the subscription has ended, is the name of the template's section. */
    private static Map<String, String> values(String status, Instant pausesAt) {
        var at = pausesAt.toString();
        return status.equals("canceled") ? Map.of("pausesAt", at) : Map.of("pausesAt", at, status, "true");
    }
}
