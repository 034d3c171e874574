package io.growalert.monitor;

import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import io.growalert.runtime.InstanceFolder;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * This instance's part of the monitors: those on the partitions that Kafka assigns to it, as one member of the group. A
 * partition's monitors run once it is read to its end, and stop before it is given up.
 */
@Component
final class MonitorGroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorGroup.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK_UP = Duration.ofSeconds(5);
    private static final Duration SHORTLY = Duration.ofMillis(200);
    private static final Duration JOIN_AGAIN_AFTER = Duration.ofSeconds(2);

    private final Kafka kafka;
    private final String instanceId;
    private final HeldMonitors monitors;
    private final RejectedDefinitions rejected;
    private final Duration grace;
    private final Map<TopicPartition, HeldPartition> partitions = new ConcurrentHashMap<>();
    private final Progress progress = new Progress("definitions");
    private volatile boolean closed;
    private volatile boolean fenced;
    private volatile @Nullable Thread thread;
    private volatile @Nullable String failure;
    private volatile @Nullable Consumer<String, byte[]> consumer;

    MonitorGroup(
            Kafka kafka,
            InstanceFolder data,
            MonitorServiceSettings settings,
            HeldMonitors monitors,
            MeterRegistry meters) {
        this.kafka = kafka;
        this.instanceId = data.instanceId();
        this.monitors = monitors;
        this.grace = settings.grace();
        this.rejected = new RejectedDefinitions(meters);
        meters.gauge("growalert.partitions.held", partitions, Map::size);
    }

    /** Joins, once the topics are there. */
    synchronized void join() {
        if (!closed && thread == null) {
            thread = Thread.ofPlatform().name("growalert-definitions").start(this::holdUntilClosed);
        }
    }

    Progress progress() {
        return progress;
    }

    int partitions() {
        return partitions.size();
    }

    /** Whether all that is assigned is read and runs. */
    boolean isLoaded() {
        return partitions.values().stream().allMatch(HeldPartition::isLoaded);
    }

    /** Why no monitor runs here though some should; empty when all is well. */
    Optional<String> trouble() {
        var running = thread;
        if (fenced) {
            return Optional.of("another instance has the same id");
        }
        if (running != null && !running.isAlive() && !closed) {
            return Optional.of("the monitors are not followed any more");
        }
        return Optional.ofNullable(failure);
    }

    private void holdUntilClosed() {
        while (!closed && !fenced) {
            try (var member = new Member()) {
                member.follow();
            } catch (WakeupException e) {
                // closed
            } catch (FencedInstanceIdException e) {
                fenced = true;
                LOG.atError()
                        .addKeyValue("instanceId", instanceId)
                        .log("another instance has the same id; all monitors stop here. Give each its own data folder");
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                progress.failed(e);
                LOG.atWarn().setCause(e).log("Following the monitors failed; rejoining the group");
                pause();
            } catch (RuntimeException | Error e) {
                failed(e);
                pause();
            }
        }
    }

    /** A defect, which no caller sees: told once, though every attempt may meet it again. */
    private void failed(Throwable defect) {
        progress.failed(defect);
        var reason = defect.toString();
        if (!reason.equals(failure)) {
            LOG.atError()
                    .setCause(defect)
                    .log("the monitors cannot be followed; none runs here, joining the group again and again");
        }
        failure = reason;
    }

    private void pause() {
        try {
            Thread.sleep(JOIN_AGAIN_AFTER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves at once, so that the others need not wait for the session to time out. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = thread;
        }
        var open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            if (running != null && !running.join(grace.multipliedBy(2))) {
                running.interrupt();
                running.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One membership, from joining to leaving. */
    private final class Member implements ConsumerRebalanceListener, AutoCloseable {
        private final Consumer<String, byte[]> membership = kafka.member(instanceId);

        private boolean joined;

        void follow() {
            consumer = membership;
            membership.subscribe(List.of(Topics.MONITORS), this);
            progress.begin();
            while (!closed) {
                boolean loads = false;
                for (var record : membership.poll(POLL)) {
                    var partition = partitions.get(new TopicPartition(record.topic(), record.partition()));
                    if (partition != null) {
                        apply(record, partition);
                        loads |= !partition.isLoaded();
                    }
                }
                partitions.forEach((name, partition) -> {
                    if (!partition.isLoaded()) {
                        read(name, partition);
                    }
                });
                followed(loads);
            }
        }

        /** Neither the end nor the position of a partition without a leader is known: it must not hold up the others. */
        private void read(TopicPartition name, HeldPartition partition) {
            try {
                if (!partition.isEndKnown()) {
                    partition.endsAt(
                            membership.endOffsets(Set.of(name), SHORTLY).getOrDefault(name, 0L));
                }
                partition.readUpTo(membership.position(name, SHORTLY));
            } catch (TimeoutException e) {
                LOG.atDebug().addKeyValue("partition", name.partition()).log("Partition unavailable; retrying");
            }
        }

        /** Waiting to join is no progress, nor are partitions that are not loaded, however often the poll returns. */
        private void followed(boolean loads) {
            if (joined && (loads || isLoaded())) {
                progress.end();
                progress.begin();
            }
            if (!partitions.isEmpty() && isLoaded()) {
                failure = null;
            }
        }

        /** Deciding what a record means may throw anything: the record is rejected, the others are followed. */
        private void apply(ConsumerRecord<String, byte[]> record, HeldPartition partition) {
            if (record.key() == null) {
                rejected.add(record, new IllegalArgumentException("the record has no key"), membership);
                return;
            }
            if (record.value() == null) {
                partition.removed(record.key());
                return;
            }
            WatchedMonitor watched;
            try {
                watched = watched(record);
            } catch (RuntimeException | StackOverflowError e) {
                rejected.add(record, e, membership);
                return;
            }
            partition.defined(watched);
        }

        private WatchedMonitor watched(ConsumerRecord<String, byte[]> record) {
            var definition = Json.read(record.value(), MonitorDefinition.class);
            if (!definition.id().equals(record.key())) {
                throw new IllegalArgumentException("the definition's id is %s, not its key".formatted(definition.id()));
            }
            return monitors.watch(definition);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            membership.seekToBeginning(assigned);
            rejected.resume(membership.committed(new HashSet<>(assigned)));
            var ends = ends(assigned);
            assigned.forEach(name -> {
                var partition = new HeldPartition(monitors);
                partitions.put(name, partition);
                if (ends.get(name) != null) {
                    partition.endsAt(ends.get(name));
                }
            });
            joined = true;
            LOG.atInfo().addKeyValue("partitions", numbers(assigned)).log("partitions assigned");
        }

        /** All at once; without those that are looked up later, one by one, when a partition is unavailable. */
        private Map<TopicPartition, Long> ends(Collection<TopicPartition> assigned) {
            try {
                return membership.endOffsets(assigned, LOOK_UP);
            } catch (TimeoutException e) {
                return Map.of();
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            var ids = new HashSet<String>();
            for (var name : revoked) {
                var partition = partitions.remove(name);
                if (partition != null) {
                    ids.addAll(partition.ids());
                }
            }
            monitors.stop(ids);
            LOG.atInfo().addKeyValue("partitions", numbers(revoked)).log("partitions given up");
        }

        @Override
        public void close() {
            consumer = null;
            try {
                membership.close(CloseOptions.timeout(grace.multipliedBy(2))
                        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            } catch (FencedInstanceIdException | WakeupException e) {
                LOG.atDebug().setCause(e).log("left the group without its answer");
            } finally {
                onPartitionsRevoked(List.copyOf(partitions.keySet()));
            }
        }

        private static List<Integer> numbers(Collection<TopicPartition> partitions) {
            return partitions.stream().map(TopicPartition::partition).sorted().toList();
        }
    }
}
