package io.growalert.monitor;

import io.growalert.events.MonitorDefinition;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Follows the definition files: opens the sources they name and publishes their monitors, at the start and after each
 * change. Files with a problem stop the start; later they are reported and what runs goes on.
 */
@Component
final class DefinitionWatch implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(DefinitionWatch.class);

    private final DefinitionFiles files;
    private final Sources sources;
    private final DefinitionPublisher publisher;
    private final MonitorGroup group;
    private final Kafka kafka;
    private final Duration interval;
    /** What the files say and Kafka may not have yet; null when it has. */
    private @Nullable List<MonitorDefinition> unpublished;

    private final Progress progress = new Progress("definition files");

    private @Nullable Thread thread;

    /** @throws BadDefinitions when the files cannot be used */
    DefinitionWatch(
            DefinitionFiles files,
            Sources sources,
            DefinitionPublisher publisher,
            MonitorGroup group,
            Kafka kafka,
            MonitorServiceSettings settings) {
        this.files = files;
        this.sources = sources;
        this.publisher = publisher;
        this.group = group;
        this.kafka = kafka;
        this.interval = settings.reloadEvery();
        var definitions = files.readIfChanged().orElseThrow();
        if (!definitions.problems().isEmpty()) {
            throw new BadDefinitions(definitions.problems());
        }
        use(definitions);
    }

    private void followUntilStopped() {
        try {
            while (!attempt("Creating the topics failed", kafka::createTopics)) {
                Thread.sleep(interval);
            }
            attempt("Publishing the definitions failed", this::publish);
            group.join();
            while (true) {
                Thread.sleep(interval);
                attempt("Following the definition files failed", this::reloadAndPublish);
            }
        } catch (InterruptedException e) {
            // stopped
        } catch (Throwable e) {
            progress.terminated(e.toString());
            LOG.atError().setCause(e).log("Following the definition files ended; changes need a restart");
            throw e;
        }
    }

    private interface Step {
        void take() throws InterruptedException;
    }

    private boolean attempt(String failure, Step step) throws InterruptedException {
        progress.begin();
        try {
            step.take();
            progress.end();
            return true;
        } catch (InterruptException e) {
            throw new InterruptedException();
        } catch (KafkaException e) {
            progress.failed(e);
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("{}; retrying", failure);
        } catch (RuntimeException | StackOverflowError e) {
            progress.failed(e);
            LOG.atError().setCause(e).log("{}; retrying", failure);
        }
        return false;
    }

    Progress progress() {
        return progress;
    }

    private void reloadAndPublish() throws InterruptedException {
        files.readIfChanged().ifPresent(this::take);
        publish();
    }

    private void take(Definitions definitions) {
        if (definitions.problems().isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("monitors", definitions.monitors().size())
                    .log("the definition files have changed");
            use(definitions);
            return;
        }
        definitions.problems().forEach(problem -> LOG.atError().log(problem.toString()));
        LOG.atError()
                .addKeyValue("problems", definitions.problems().size())
                .log("the definition files have changed and cannot be used; what ran before goes on");
    }

    private void use(Definitions definitions) {
        sources.replace(definitions.sources());
        unpublished = definitions.monitors();
    }

    private void publish() throws InterruptedException {
        if (unpublished != null) {
            publisher.publish(unpublished);
            unpublished = null;
        }
    }

    @Override
    public synchronized void start() {
        thread = Thread.ofPlatform().name("growalert-files").start(this::followUntilStopped);
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
