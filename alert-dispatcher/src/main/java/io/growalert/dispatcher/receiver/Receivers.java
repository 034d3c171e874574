package io.growalert.dispatcher.receiver;

import io.growalert.definitions.ChangedFiles;
import io.growalert.definitions.Problems;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.route.RouteTree;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The receivers of the definition files in their current state, each with its handler, and the routes to them. */
public final class Receivers {
    private static final Logger LOG = LoggerFactory.getLogger(Receivers.class);

    private final ReceiverFiles reader;
    private final List<Path> files;
    private final ChangedFiles changed;
    private volatile Map<String, Open> open = Map.of();
    private volatile RouteTree routes = RouteTree.NONE;

    /** A receiver and its handler. */
    public record Open(Receiver receiver, Handler handler) {}

    /**
     * @throws BrokenFiles when they are invalid
     */
    public Receivers(ReceiverFiles reader, List<Path> files) {
        this.reader = reader;
        this.files = List.copyOf(files);
        changed = new ChangedFiles(files);
        var problems = new Problems();
        var read = new FromFiles(reader.read(this.files, problems), reader.routes(this.files, problems));
        if (!problems.isEmpty()) {
            throw new BrokenFiles(problems);
        }
        open = opened(read.receivers());
        routes = read.routes();
    }

    public Optional<Open> find(String name) {
        return Optional.ofNullable(open.get(name));
    }

    public Map<String, Open> all() {
        return open;
    }

    /** Whether a receiver of this name is defined that may be notified of several alerts in one message. */
    public boolean acceptsGroups(String name) {
        return find(name)
                .map(found -> found.receiver().config().acceptsGroups())
                .orElse(false);
    }

    /** The routes that are in use. */
    public RouteTree routes() {
        return routes;
    }

    /** Reloads {@link ChangedFiles}. Invalid files change nothing, and are logged once. */
    public synchronized void refresh() {
        var problems = new Problems();
        changed.read(() -> read(problems)).ifPresent(read -> use(read, problems));
    }

    private record FromFiles(Map<String, Receiver> receivers, RouteTree routes) {}

    private FromFiles read(Problems problems) {
        return new FromFiles(reader.read(files, problems), reader.routes(files, problems));
    }

    private void use(FromFiles read, Problems problems) {
        if (problems.isEmpty()) {
            open = opened(read.receivers());
            routes = read.routes();
            LOG.atInfo().addKeyValue("receivers", open.keySet()).log("Receivers reloaded");
        } else {
            LOG.error(
                    "Reloading the receivers and routes failed; the previous ones stay in use:\n{}",
                    BrokenFiles.lines(problems));
        }
    }

    private Map<String, Open> opened(Map<String, Receiver> read) {
        var next = new HashMap<String, Open>();
        read.forEach((name, receiver) -> {
            var old = open.get(name);
            var handler = old != null && old.receiver().config().equals(receiver.config())
                    ? old.handler()
                    : receiver.config().open();
            next.put(name, new Open(receiver, handler));
        });
        return Map.copyOf(next);
    }
}
