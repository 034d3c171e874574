package io.growalert.dispatcher.receiver;

import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.email.EmailType;
import io.growalert.dispatcher.handler.email.MailServer;
import io.growalert.dispatcher.handler.log.LogType;
import io.growalert.dispatcher.handler.webhook.WebhookType;
import java.util.List;

/** The kinds of receivers there are: a new one is a package of its own and a line here. */
public final class HandlerTypes {
    private HandlerTypes() {}

    public static List<HandlerType> all(MailServer mail) {
        return List.of(new LogType(), new WebhookType(), new EmailType(mail));
    }
}
