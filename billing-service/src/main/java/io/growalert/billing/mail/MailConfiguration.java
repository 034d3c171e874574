package io.growalert.billing.mail;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.brand.Brand;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The beans of the mails to customers.
 *
 * <pre>
 * facts --> {@link Mails} --> billing.mails --> {@link MailRelay}: {@link MailAttempt} ==> mail server or folder
 * </pre>
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Brand.class)
@Import({Mails.class, MailMetrics.class, MailsApi.class})
public class MailConfiguration {
    private static final Duration RETENTION_INTERVAL = Duration.ofHours(1);
    private static final Duration RETENTION_RETRY = Duration.ofSeconds(10);
    private static final int ROWS_PER_DELETION = 1_000;

    @Bean
    MailTable mailTable(JdbcClient jdbc) {
        return new MailTable(jdbc);
    }

    @Bean
    MailList mailList(JdbcClient jdbc, Mails mails, AuditLog audit) {
        return new MailList(jdbc, mails, audit);
    }

    @Bean
    MailRelay mailRelay(
            JdbcClient migrated,
            Mails mails,
            MailTable table,
            List<MailPreparation> preparations,
            MailSettings settings,
            CustomerSettings customer,
            Brand brand,
            MailMetrics metrics,
            Clock clock) {
        var transport = new MailTransport(customer.mail());
        var messages = new MailMessages(MailTemplates.load(settings.templates()), brand, customer.mail(), clock);
        var attempt = new MailAttempt(migrated, preparations, messages, transport);
        return new MailRelay(mails, table, attempt, transport, metrics);
    }

    @Bean
    MailHealth mailsHealthIndicator(MailTable table, MailRelay relay) {
        return new MailHealth(table, relay);
    }

    @Bean
    ScheduledTask mailRetention(MailTable table, MailSettings settings) {
        return new ScheduledTask("mail-retention", RETENTION_INTERVAL, RETENTION_RETRY, progress -> {
            while (table.deleteOld(settings.history(), ROWS_PER_DELETION) > 0
                    && !Thread.currentThread().isInterrupted()) {
                progress.advanced();
            }
        });
    }
}
