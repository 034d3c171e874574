package io.growalert.billing.doctor;

import io.growalert.billing.doctor.Diagnosis.Severity;
import io.growalert.runtime.loop.Loop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Runs the checks at the start, repeatedly, and on request. The service works while they fail. */
final class Checkups implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Checkups.class);
    /** While there is a problem, so that its end shows soon. */
    private static final Duration WITH_PROBLEM = Duration.ofMinutes(5);

    private final Doctor doctor;
    private final Clock clock;
    private final Duration every;
    private final Loop loop;
    private final ReentrantLock running = new ReentrantLock();
    private volatile @Nullable Checkup last;

    /** @param checkedAt when the checks ended */
    record Checkup(Instant checkedAt, List<Diagnosis> diagnoses) {
        Checkup {
            diagnoses = List.copyOf(diagnoses);
        }
    }

    Checkups(Doctor doctor, DoctorSettings settings, Clock clock) {
        this.doctor = doctor;
        this.clock = clock;
        every = settings.every();
        loop = new Loop("doctor", "Checking the connection to Stripe failed; retrying", _ -> round());
    }

    private Duration round() {
        boolean hasProblem = Diagnosis.hasProblem(run().diagnoses());
        return hasProblem && WITH_PROBLEM.compareTo(every) < 0 ? WITH_PROBLEM : every;
    }

    /** Runs all checks now, one after another with other callers. */
    Checkup run() {
        running.lock();
        try {
            var before = last;
            var now = new Checkup(clock.instant(), doctor.examine());
            last = now;
            log(now.diagnoses(), before == null ? List.of() : before.diagnoses());
            return now;
        } finally {
            running.unlock();
        }
    }

    /** Empty before the first one ended. */
    Optional<Checkup> last() {
        return Optional.ofNullable(last);
    }

    /** Once for each change. */
    private static void log(List<Diagnosis> now, List<Diagnosis> before) {
        now.stream()
                .filter(diagnosis -> diagnosis.severity() == Severity.PROBLEM && !before.contains(diagnosis))
                .forEach(problem -> LOG.atWarn()
                        .addKeyValue("check", problem.area())
                        .addKeyValue("problem", problem.text())
                        .addKeyValue("remedy", problem.remedy())
                        .log("Check of billing failed"));
        if (Diagnosis.hasProblem(before) && !Diagnosis.hasProblem(now)) {
            LOG.atInfo().log("All checks of billing succeed again");
        }
    }

    @Override
    public void start() {
        if (every.isPositive()) {
            loop.start();
        }
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
