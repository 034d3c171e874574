package io.growalert.dispatcher;

import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.receiver.HandlerTypes;
import io.growalert.dispatcher.receiver.ReceiverFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Validates the receivers of definition files as a start of the service does, without connecting anywhere. */
public final class ReceiverCheck {
    private ReceiverCheck() {}

    /** Adds what is wrong to {@code problems}, and returns the names of the receivers. */
    public static Set<String> check(List<Path> files, Variables variables, Problems problems) {
        var reader = new ReceiverFiles(HandlerTypes.load(), MailServer.local(), variables);
        return reader.read(files, problems).keySet();
    }
}
