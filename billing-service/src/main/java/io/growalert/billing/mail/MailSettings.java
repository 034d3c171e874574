package io.growalert.billing.mail;

import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The mails to customers, {@code growalert.billing.mail.*}. Their server and sender are in {@link
 * io.growalert.billing.customer.settings.CustomerSettings.Mail}.
 *
 * @param templates a folder whose files replace templates of the same name; null: none
 * @param history how long a mail's row is retained after it was sent, parked or discarded
 */
public record MailSettings(
        @Nullable Path templates,

        @DefaultValue("90d") @DurationMin(days = 4) @DurationMax(days = 3_650)
        Duration history) {}
