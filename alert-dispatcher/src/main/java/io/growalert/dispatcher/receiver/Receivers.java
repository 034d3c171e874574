package io.growalert.dispatcher.receiver;

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

    private final FilesInUse<FromFiles> files;
    private volatile Map<String, Open> open;
    private volatile RouteTree routes;

    /** A receiver and its handler. */
    public record Open(Receiver receiver, Handler handler) {}

    private record FromFiles(Map<String, Receiver> receivers, RouteTree routes) {}

    /**
     * @throws BrokenFiles when they are invalid
     */
    public Receivers(ReceiverFiles reader, List<Path> files) {
        this.files = reader.inUse(
                files, problems -> new FromFiles(reader.read(files, problems), reader.routes(files, problems)));
        open = opened(this.files.current().receivers(), Map.of());
        routes = this.files.current().routes();
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

    /** Why the files are not in use in their current state; empty when they are. */
    public Optional<String> rejected() {
        return files.rejected();
    }

    /** Reloads {@link FilesInUse}. Rejected files change nothing, and are logged once. */
    public synchronized void refresh() {
        files.refresh().ifPresent(change -> {
            switch (change) {
                case FilesInUse.Change.Accepted(var read) -> {
                    open = opened(read.receivers(), open);
                    routes = read.routes();
                    LOG.atInfo().addKeyValue("receivers", open.keySet()).log("Receivers reloaded");
                }
                case FilesInUse.Change.Rejected(var problems) ->
                    LOG.error(
                            "Reloading the receivers and routes failed; the previous ones stay in use:\n{}", problems);
            }
        });
    }

    private static Map<String, Open> opened(Map<String, Receiver> read, Map<String, Open> before) {
        var next = new HashMap<String, Open>();
        read.forEach((name, receiver) -> {
            var old = before.get(name);
            var handler = old != null && old.receiver().config().equals(receiver.config())
                    ? old.handler()
                    : receiver.config().open();
            next.put(name, new Open(receiver, handler));
        });
        return Map.copyOf(next);
    }
}
