package io.growalert.dispatcher.receiver;

import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.email.EmailType;
import io.growalert.dispatcher.handler.email.MailServer;
import io.growalert.dispatcher.handler.log.LogType;
import io.growalert.dispatcher.handler.webhook.WebhookType;
import java.util.List;

/** All kinds of receivers. A new kind is a package below {@code handler} and an entry here. */
public final class HandlerTypes {
    private HandlerTypes() {}

    public static List<HandlerType> all(MailServer mail) {
        return List.of(new LogType(), new WebhookType(), new EmailType(mail));
    }
}
