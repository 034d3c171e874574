package io.growalert.dispatcher;

import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.receiver.HandlerTypes;
import io.growalert.dispatcher.receiver.Receiver;
import io.growalert.dispatcher.receiver.ReceiverFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Validates the receivers of definition files as a start of the service does, without connecting anywhere. */
public final class ReceiverCheck {
    private ReceiverCheck() {}

    /** Adds what is wrong to {@code problems}, and returns the names of the receivers. */
    public static Set<String> check(List<Path> files, Variables variables, Problems problems) {
        var reader = new ReceiverFiles(HandlerTypes.load(), MailServer.local(), variables);
        return reader.read(files, problems).keySet();
    }

    /** The names of the receivers of valid files that are notified of each alert, also where a route groups. */
    public static Set<String> withoutGroups(List<Path> files, Variables variables) {
        var reader = new ReceiverFiles(HandlerTypes.load(), MailServer.local(), variables);
        return reader.read(files, new Problems()).values().stream()
                .filter(receiver -> !receiver.config().acceptsGroups())
                .map(Receiver::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Reads the receiver of this name.
     *
     * @throws IllegalArgumentException when the files are invalid, or define no such receiver; the message has each place
     */
    static Receiver find(ReceiverFiles reader, List<Path> files, String name) {
        var problems = new Problems();
        var receivers = reader.read(files, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join(
                    "\n", problems.inOrder().stream().map(Object::toString).toList()));
        }
        var found = receivers.get(name);
        if (found == null) {
            throw new IllegalArgumentException("there is no receiver '%s'; there are %s"
                    .formatted(name, receivers.isEmpty() ? "none" : String.join(", ", receivers.keySet())));
        }
        return found;
    }
}
