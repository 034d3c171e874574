package io.growalert.dispatcher.receiver;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.route.RouteTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The receivers of the definition files in their current state, each with its handler, and the routes to them. */
public final class Receivers {
    private static final Logger LOG = LoggerFactory.getLogger(Receivers.class);

    private final ReceiverFiles reader;
    private final List<Path> files;
    private volatile Map<String, Open> open = Map.of();
    private volatile RouteTree routes = RouteTree.NONE;
    private List<String> stamps;
    private List<String> seen;

    /** A receiver and its handler. */
    public record Open(Receiver receiver, Handler handler) {}

    /**
     * @throws BrokenFiles when they are invalid
     */
    public Receivers(ReceiverFiles reader, List<Path> files) {
        this.reader = reader;
        this.files = List.copyOf(files);
        stamps = stamps();
        seen = stamps;
        var problems = new Problems();
        var read = reader.read(this.files, problems);
        var tree = reader.routes(this.files, problems);
        if (!problems.isEmpty()) {
            throw new BrokenFiles(lines(problems));
        }
        open = opened(read);
        routes = tree;
    }

    public Optional<Open> find(String name) {
        return Optional.ofNullable(open.get(name));
    }

    public Map<String, Open> all() {
        return open;
    }

    /** The routes that are in use. */
    public RouteTree routes() {
        return routes;
    }

    /**
     * Reloads changed files, once two calls in a row found the same file stamps: a file that is being written may be incomplete
     * and still valid. Invalid files change nothing, and are logged once.
     */
    public synchronized void refresh() {
        var now = stamps();
        boolean isStable = now.equals(seen);
        seen = now;
        if (!isStable || now.equals(stamps)) {
            return;
        }
        var problems = new Problems();
        var read = reader.read(files, problems);
        var tree = reader.routes(files, problems);
        if (!now.equals(stamps())) {
            return;
        }
        stamps = now;
        if (problems.isEmpty()) {
            open = opened(read);
            routes = tree;
            LOG.atInfo().addKeyValue("receivers", open.keySet()).log("Receivers reloaded");
        } else {
            LOG.error("Reloading the receivers and routes failed; the previous ones stay in use:\n{}", lines(problems));
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

    private List<String> stamps() {
        return files.stream().map(Receivers::stamp).toList();
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file) + " " + file.toRealPath();
        } catch (IOException e) {
            return "unreadable";
        }
    }

    private static String lines(Problems problems) {
        return problems.inOrder().stream().map(DefinitionProblem::toString).collect(Collectors.joining("\n"));
    }
}
