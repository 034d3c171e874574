package io.growalert.standalone.room;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the recording into the stores, one recorded minute a second, each stamped with the moment it is written, again and
 * again. Once in each round the sensor is silent for a while, as sensors are.
 */
public final class RoomReplay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoomReplay.class);

    /** Counted from the start of a round. */
    static final Duration SILENT_FROM = Duration.ofSeconds(130);

    static final Duration SILENT_TO = Duration.ofSeconds(150);

    private final List<RoomReading> recording = RoomReading.recorded();
    private final List<ReadingStore> stores;
    private final InstantSource clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("room-replay").factory());
    private final Progress progress;
    private int next;
    private boolean failing;

    RoomReplay(List<ReadingStore> stores, InstantSource clock, Progress progress) {
        this.stores = List.copyOf(stores);
        this.clock = clock;
        this.progress = progress;
    }

    /** Prepares the stores, writes the first reading, and continues in the background. */
    void start() {
        for (var store : stores) {
            try {
                store.prepare();
            } catch (RoomUnavailable e) {
                throw e;
            } catch (Exception e) {
                throw new RoomUnavailable("the room example cannot store its readings: " + e.getMessage(), e);
            }
        }
        progress.begin();
        var _ = thread.scheduleAtFixedRate(this::round, 0, 1, TimeUnit.SECONDS);
    }

    public Progress progress() {
        return progress;
    }

    /** The next second begins with the end of this one, so that a dead thread shows as a lack of progress. */
    private void round() {
        writeNext();
        progress.begin();
    }

    /** One second of the replay. */
    void writeNext() {
        int second = next;
        next = (next + 1) % recording.size();
        progress.begin();
        if (second >= SILENT_FROM.toSeconds() && second < SILENT_TO.toSeconds()) {
            progress.end();
            return;
        }
        var reading = recording.get(second).at(clock.instant());
        try {
            for (var store : stores) {
                store.write(reading);
            }
            failing = false;
            progress.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // an executor drops a task that throws
            progress.failed(e);
            if (!failing) {
                LOG.atWarn()
                        .setCause(e)
                        .log("Writing a reading of the room example failed; retrying with the next one");
            }
            failing = true;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("Room example did not stop in time; its last reading is still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stores.forEach(ReadingStore::close);
    }
}
