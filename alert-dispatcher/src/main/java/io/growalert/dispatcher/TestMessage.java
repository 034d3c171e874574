package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.notify.Attempt;
import io.growalert.dispatcher.receiver.HandlerTypes;
import io.growalert.dispatcher.receiver.Receiver;
import io.growalert.dispatcher.receiver.ReceiverFiles;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.Status;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Sends one message, marked as a test, to one receiver, without topic and database. */
public final class TestMessage {
    private TestMessage() {}

    /**
     * Sends it now and returns the outcome, within the timeout of its handler.
     *
     * @param mail the mail server of an e-mail receiver that configures none
     * @throws IllegalArgumentException when the files are invalid, or define no such receiver; the message has each place
     * @throws InterruptedException when this thread is interrupted
     */
    public static Outcome send(List<Path> files, Variables variables, MailServer mail, String receiver)
            throws InterruptedException {
        var found = ReceiverCheck.find(new ReceiverFiles(HandlerTypes.load(), mail, variables), files, receiver);
        return send(found, found.config().open());
    }

    /** Sends it now by an open handler. */
    static Outcome send(Receiver receiver, Handler handler) throws InterruptedException {
        var name = receiver.name();
        var event = event(name, Instant.now().truncatedTo(ChronoUnit.MILLIS));
        var body = new String(Json.write(event), UTF_8);
        var notification = new Notification(Ids.delivery(event.id(), name), name, event, body);
        return Attempt.at(handler, notification.with(receiver.presentation())).outcome();
    }

    private static AlertEvent event(String receiver, Instant now) {
        var labels = Map.of("test", "true");
        var alert = Ids.alert("test", labels);
        var incident = Ids.incident(alert, now);
        return new AlertEvent(
                Ids.event(incident, AlertEvent.Type.FIRING, now),
                AlertEvent.Type.FIRING,
                alert,
                incident,
                "test",
                labels,
                labels,
                Status.FAILED,
                null,
                "sent by an operator",
                "Test message from GrowAlert to %s".formatted(receiver),
                now,
                now,
                List.of(receiver));
    }
}
