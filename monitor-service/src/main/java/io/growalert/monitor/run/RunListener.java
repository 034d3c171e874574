package io.growalert.monitor.run;

import io.growalert.alerts.MonitorListener;
import io.growalert.alerts.Run;
import io.growalert.evaluation.threshold.Judgement;
import io.growalert.events.Status;
import io.growalert.monitor.publish.ResultSender;
import io.growalert.monitor.publish.RunEncoder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives completed runs, counts them, and passes their records to the {@link ResultSender}. */
public final class RunListener implements MonitorListener {
    private static final Logger LOG = LoggerFactory.getLogger(RunListener.class);
    /** An error during the warm-up is not published, but only where the next run is due within this time. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final ResultSender results;
    private final String instance;
    private final Map<Status, Counter> runs = new EnumMap<>(Status.class);
    private final Counter missed;
    private final Counter warmUpRuns;
    private final Counter rowsDropped;
    private final Counter rowsWithoutValue;
    private final Counter unencodable;
    private final Timer startDelay;

    /** @param instance the id of this instance, which survives restarts */
    public RunListener(ResultSender results, String instance, MeterRegistry meters) {
        this.results = results;
        this.instance = instance;
        for (var status : Status.values()) {
            runs.put(
                    status,
                    meters.counter("growalert.runs", "status", status.name().toLowerCase(Locale.ROOT)));
        }
        this.warmUpRuns = meters.counter("growalert.runs.warmup");
        this.missed = meters.counter("growalert.slots.missed");
        this.rowsDropped = meters.counter("growalert.rows.dropped");
        this.rowsWithoutValue = meters.counter("growalert.rows.without.value");
        this.unencodable = meters.counter("growalert.results.unencodable");
        this.startDelay = Timer.builder("growalert.run.start.delay")
                .description("from a slot to the start of its run")
                .publishPercentiles(0.5, 0.99)
                .register(meters);
    }

    @Override
    public void ran(Run run) {
        if (!(run.check() instanceof QueryCheck check) || check.isReplaced() || QueryCheck.isSkipped(run)) {
            return;
        }
        var judgement = check.conclude(run);
        if (check.isInWarmUp(judgement) && check.definition().every().compareTo(LONGEST_WAIT) <= 0) {
            warmUpRuns.increment();
            return;
        }
        count(run, judgement);
        var encoded = RunEncoder.encode(check.definition(), run, judgement, instance);
        if (!encoded.whole()) {
            unencodable.increment();
            LOG.atError()
                    .addKeyValue("monitorId", run.monitor())
                    .log(
                            encoded.run().isPresent()
                                    ? "Series too large for a record; run published as an error"
                                    : "Monitor's labels too large for a record; run lost");
        }
        encoded.run().ifPresent(results::send);
    }

    private void count(Run run, Judgement judgement) {
        Objects.requireNonNull(runs.get(judgement.status())).increment();
        rowsWithoutValue.increment((double) judgement.withoutValue());
        if (judgement.dropped() != null) {
            rowsDropped.increment((double) judgement.dropped().rows());
        }
        if (run.missedSlots() > 0) {
            missed.increment((double) run.missedSlots());
        }
        startDelay.record(Duration.between(run.slot(), run.startedAt()));
    }
}
