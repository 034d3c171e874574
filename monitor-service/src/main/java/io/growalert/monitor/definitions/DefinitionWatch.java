package io.growalert.monitor.definitions;

import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.source.Sources;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Follows the definition files: opens their sources and publishes their monitors, at the start and after each change. Files with a
 * problem stop the start; later they are reported, and the previous definitions stay in use.
 */
public final class DefinitionWatch implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(DefinitionWatch.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);
    private static final Duration INTERRUPT_AFTER = Duration.ofSeconds(1);

    private final DefinitionFiles files;
    private final Sources sources;
    private final DefinitionPublisher publisher;
    private final Runnable createTopics;
    private final Runnable joinGroup;
    private final Duration interval;
    private final Loop loop;
    private volatile List<MonitorDefinition> current = List.of();
    /** The files' monitors, until they are published; null afterwards. */
    private @Nullable List<MonitorDefinition> unpublished;

    private Definitions used;
    private volatile Optional<String> rejected = Optional.empty();
    private volatile Optional<String> unusableTopics = Optional.empty();
    private boolean topicsExist;
    private boolean joined;

    /**
     * @param createTopics retried until it succeeds, before the first publication
     * @param joinGroup called once, after the first attempt to publish
     * @param interval between two checks of the files
     * @throws InvalidDefinitions when the files have problems
     */
    public DefinitionWatch(
            DefinitionFiles files,
            Sources sources,
            DefinitionPublisher publisher,
            Runnable createTopics,
            Runnable joinGroup,
            Duration interval) {
        this.files = files;
        this.sources = sources;
        this.publisher = publisher;
        this.createTopics = createTopics;
        this.joinGroup = joinGroup;
        this.interval = interval;
        this.loop = new Loop(
                "definition files",
                "Publishing the definition files failed; retrying",
                Loop.Options.DEFAULT
                        .withRetry(shorter(interval, FIRST_RETRY), shorter(interval, LONGEST_RETRY))
                        .withGrace(INTERRUPT_AFTER),
                _ -> round());
        var definitions = files.readIfChanged().orElseThrow();
        if (!definitions.problems().isEmpty()) {
            throw new InvalidDefinitions(definitions.problems());
        }
        used = definitions;
        use(definitions);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration round() throws InterruptedException {
        createTopicsOnce();
        files.readIfChanged().ifPresent(this::changed);
        try {
            publish();
        } finally {
            joinOnce();
        }
        return interval;
    }

    private void createTopicsOnce() {
        if (topicsExist) {
            return;
        }
        try {
            createTopics.run();
        } catch (IllegalStateException e) {
            unusableTopics = Optional.ofNullable(e.getMessage());
            throw e;
        }
        topicsExist = true;
        unusableTopics = Optional.empty();
    }

    /** After a failed publication, too: the monitors that are published already must run. */
    private void joinOnce() {
        if (!joined) {
            joined = true;
            joinGroup.run();
        }
    }

    private void changed(Definitions changed) {
        var lost = changed.lostSources(used);
        if (changed.problems().isEmpty() && lost.isEmpty()) {
            LOG.atInfo().addKeyValue("monitors", changed.monitors().size()).log("Definition files changed");
            rejected = Optional.empty();
            use(changed);
            return;
        }
        var reasons = new ArrayList<String>();
        changed.problems().forEach(problem -> reasons.add(problem.toString()));
        if (changed.problems().isEmpty()) {
            lost.forEach(source -> reasons.add(
                    "the source %s is missing, and most monitors; they would run on without it".formatted(source)));
        }
        rejected = Optional.of(String.join("\n", reasons));
        reasons.forEach(reason -> LOG.atError().log(reason));
        LOG.atError()
                .addKeyValue("problems", reasons.size())
                .log("Changed definition files rejected; the previous definitions stay in use");
    }

    /** Why the files are not in use in their current state; empty when they are. */
    public Optional<String> rejected() {
        return rejected;
    }

    /** Which settings of existing topics the service cannot work with; it checks again until they are others. */
    public Optional<String> unusableTopics() {
        return unusableTopics;
    }

    private void use(Definitions definitions) {
        used = definitions;
        sources.replace(definitions.sources());
        current = definitions.monitors();
        unpublished = definitions.monitors();
    }

    private void publish() throws InterruptedException {
        if (unpublished != null) {
            publisher.publish(unpublished);
            unpublished = null;
        }
    }

    /** The monitor of this id in the files, as far as they are in use. */
    public Optional<MonitorDefinition> find(String id) {
        return current.stream().filter(monitor -> monitor.id().equals(id)).findFirst();
    }

    public Progress progress() {
        return loop.progress();
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
