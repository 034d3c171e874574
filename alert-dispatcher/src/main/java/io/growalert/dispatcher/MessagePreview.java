package io.growalert.dispatcher;

import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.link.AckLinks;
import io.growalert.dispatcher.receiver.HandlerTypes;
import io.growalert.dispatcher.receiver.ReceiverFiles;
import io.growalert.dispatcher.template.SampleEvents;
import io.growalert.events.AlertEvent;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Renders what a receiver would be sent, and sends nothing. Secrets are {@code ***}. */
public final class MessagePreview {
    private MessagePreview() {}

    /**
     * @param mail the mail server of an e-mail receiver that configures none
     * @param publicUrl the base of links; empty: none
     * @throws IllegalArgumentException when the files are invalid, or define no such receiver; the message has each place
     */
    public static String sample(
            List<Path> files,
            Variables variables,
            MailServer mail,
            Optional<URI> publicUrl,
            String receiver,
            AlertEvent.Type type) {
        return render(files, variables, mail, publicUrl, SampleEvents.notification(type, receiver));
    }

    /** As {@link #sample}, for a message of a group. */
    public static String group(
            List<Path> files, Variables variables, MailServer mail, Optional<URI> publicUrl, String receiver) {
        return render(files, variables, mail, publicUrl, SampleEvents.group(receiver));
    }

    /** As {@link #sample}, for an event, such as one of growalert.alerts, or a message of a group. */
    public static String of(
            List<Path> files,
            Variables variables,
            MailServer mail,
            Optional<URI> publicUrl,
            String receiver,
            byte[] event) {
        return render(files, variables, mail, publicUrl, SampleEvents.notification(event, receiver));
    }

    private static String render(
            List<Path> files,
            Variables variables,
            MailServer mail,
            Optional<URI> publicUrl,
            Notification notification) {
        var reader =
                new ReceiverFiles(HandlerTypes.load(), mail, variables, publicUrl, publicUrl.map(AckLinks::sample));
        var found = ReceiverCheck.find(reader, files, notification.receiver());
        return found.config().open().preview(notification.with(found.presentation()));
    }
}
