package io.growalert.monitor.group;

import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import io.growalert.monitor.kafka.KafkaClients;
import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.monitor.run.QueryCheck;
import io.growalert.runtime.loop.Loop;
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
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's member of the consumer group that distributes the monitors: Kafka assigns partitions of the definitions' topic to it.
 * The monitors of a partition run after it is read to its end, and it is known which are paused, and stop before it is revoked.
 */
public final class MonitorGroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MonitorGroup.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK_UP = Duration.ofSeconds(5);
    private static final Duration SHORT_LOOK_UP = Duration.ofMillis(200);
    private static final Duration REJOIN_AFTER = Duration.ofSeconds(2);
    private static final Duration CALM = Duration.ofSeconds(1);

    private final KafkaClients kafka;
    private final String instanceId;
    private final AssignedMonitors monitors;
    private final RejectedDefinitions rejected;
    private final Duration grace;
    private final Map<TopicPartition, PartitionMonitors> partitions = new ConcurrentHashMap<>();
    private final Loop loop;
    private boolean closed;
    private volatile boolean fenced;
    private volatile @Nullable String defect;
    private volatile @Nullable Consumer<String, byte[]> consumer;

    /** @param grace how long removed monitors may finish their runs */
    public MonitorGroup(
            KafkaClients kafka, String instanceId, AssignedMonitors monitors, Duration grace, MeterRegistry meters) {
        this.kafka = kafka;
        this.instanceId = instanceId;
        this.monitors = monitors;
        this.grace = grace;
        this.rejected = new RejectedDefinitions(meters);
        this.loop = new Loop(
                "definitions",
                "Following the monitors failed; rejoining the group",
                Loop.Options.DEFAULT.withRetry(REJOIN_AFTER, REJOIN_AFTER).withGrace(grace.multipliedBy(2)),
                _ -> beMember());
        meters.gauge("growalert.partitions.held", partitions, Map::size);
    }

    /** Joins the group, once the topics exist. */
    public synchronized void join() {
        if (!closed) {
            loop.start();
        }
    }

    public Progress progress() {
        return loop.progress();
    }

    public int partitions() {
        return partitions.size();
    }

    /** The numbers of the assigned partitions that are read to their end, and whose monitors run. */
    public Set<Integer> loadedPartitions() {
        return partitions.entrySet().stream()
                .filter(entry -> entry.getValue().isLoaded())
                .map(entry -> entry.getKey().partition())
                .collect(Collectors.toSet());
    }

    /** Whether all assigned partitions are read to their end and their monitors run. */
    public boolean isLoaded() {
        return partitions.values().stream().allMatch(PartitionMonitors::isLoaded);
    }

    /** Why no monitor runs here though some should; empty in normal operation and while Kafka is unreachable. */
    public Optional<String> trouble() {
        return fenced ? Optional.of("another instance has the same id") : Optional.ofNullable(defect);
    }

    /** A membership from joining to leaving, as one long round. */
    private Duration beMember() throws InterruptedException {
        try (var member = new Member()) {
            member.follow();
        } catch (WakeupException e) {
            // closed
        } catch (FencedInstanceIdException e) {
            fenced = true;
            LOG.atError()
                    .addKeyValue("instanceId", instanceId)
                    .log("Fenced by another instance with the same id; no monitor runs until each has its own folder");
            loop.requestStop();
        } catch (KafkaException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            defect = e.toString();
            throw e;
        }
        return Duration.ZERO;
    }

    /** Leaves the group at once, so that the other members need not wait for the session timeout. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        loop.requestStop();
        var open = consumer;
        if (open != null) {
            open.wakeup();
        }
        loop.stop();
    }

    /** One membership, from joining to leaving. */
    private final class Member implements ConsumerRebalanceListener, AutoCloseable {
        private final Consumer<String, byte[]> membership = kafka.member(instanceId);

        private boolean joined;
        /** When, by {@link System#nanoTime}, an earlier denial counts as over. */
        private long calmAt = System.nanoTime();

        void follow() throws InterruptedException {
            consumer = membership;
            membership.subscribe(List.of(Topics.MONITORS), this);
            while (!loop.isStopping()) {
                try {
                    followed(poll());
                } catch (AuthenticationException | AuthorizationException e) {
                    denied(e);
                }
            }
        }

        /** Whether partitions that are not loaded made progress. */
        private boolean poll() {
            boolean loads = false;
            for (var record : membership.poll(POLL)) {
                var partition = partitions.get(new TopicPartition(record.topic(), record.partition()));
                if (partition != null) {
                    apply(record, partition);
                    loads |= !partition.isLoaded();
                }
            }
            partitions.forEach((name, partition) -> {
                if (!partition.isLoaded() && monitors.isReady()) {
                    read(name, partition);
                }
            });
            return loads;
        }

        /**
         * As while Kafka is unreachable, the monitors continue, and stop when the group, once it is reached again, has given them to
         * another instance. The denial ended the consumer's heartbeats, which only joining again resumes.
         */
        private void denied(ApiException reason) throws InterruptedException {
            if (reason instanceof AuthenticationException || reason instanceof GroupAuthorizationException) {
                joined = false;
                membership.enforceRebalance("access was denied");
            }
            loop.backOff("Reading the definitions denied by Kafka; monitors continue, retrying", reason);
            calmAt = System.nanoTime() + CALM.toNanos();
        }

        /** Neither the end nor the position of a partition without a leader is known; it must not delay the others. */
        private void read(TopicPartition name, PartitionMonitors partition) {
            try {
                if (!partition.isEndKnown()) {
                    partition.endsAt(
                            membership.endOffsets(Set.of(name), SHORT_LOOK_UP).getOrDefault(name, 0L));
                }
                partition.readUpTo(membership.position(name, SHORT_LOOK_UP));
            } catch (TimeoutException e) {
                LOG.atDebug().addKeyValue("partition", name.partition()).log("Partition unavailable; retrying");
            }
        }

        /**
         * Waiting to join is no progress, nor is polling while partitions cannot be loaded. After a denial a poll may end before the
         * next one.
         */
        private void followed(boolean loads) {
            if (joined && System.nanoTime() - calmAt >= 0 && (loads || isLoaded())) {
                loop.succeeded();
            }
            if (!partitions.isEmpty() && isLoaded()) {
                defect = null;
            }
        }

        /** Whatever a record makes this throw: the record is rejected, and the others apply. */
        private void apply(ConsumerRecord<String, byte[]> record, PartitionMonitors partition) {
            if (record.key() == null) {
                rejected.add(record, new IllegalArgumentException("the record has no key"), membership);
                return;
            }
            if (record.value() == null) {
                partition.remove(record.key());
                return;
            }
            Optional<QueryCheck> check;
            try {
                check = check(record);
            } catch (RuntimeException | StackOverflowError e) {
                rejected.add(record, e, membership);
                return;
            }
            check.ifPresentOrElse(partition::define, () -> partition.remove(record.key()));
        }

        /** Empty for a monitor that is never run. */
        private Optional<QueryCheck> check(ConsumerRecord<String, byte[]> record) {
            var definition = Json.read(record.value(), MonitorDefinition.class);
            if (!definition.id().equals(record.key())) {
                throw new IllegalArgumentException("the definition's id is %s, not its key".formatted(definition.id()));
            }
            return definition.pushed() ? Optional.empty() : Optional.of(monitors.check(definition));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            joined = true;
            if (assigned.isEmpty()) {
                // without partitions Kafka would seek all
                return;
            }
            membership.seekToBeginning(assigned);
            var ends = ends(assigned);
            assigned.forEach(name -> {
                var partition = new PartitionMonitors(monitors);
                partitions.put(name, partition);
                if (ends.get(name) != null) {
                    partition.endsAt(ends.get(name));
                }
            });
            LOG.atInfo().addKeyValue("partitions", numbers(assigned)).log("Partitions assigned");
        }

        /** All at once; empty when a partition is unavailable or denied: then they are looked up later, one by one. */
        private Map<TopicPartition, Long> ends(Collection<TopicPartition> assigned) {
            try {
                rejected.resume(membership.committed(new HashSet<>(assigned)));
                return membership.endOffsets(assigned, LOOK_UP);
            } catch (TimeoutException | AuthenticationException | AuthorizationException e) {
                return Map.of();
            }
        }

        /** An assignment, be it empty, ends each rebalance. A coordinator that fails in one leaves the member without monitors. */
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            joined = false;
            var ids = new HashSet<String>();
            for (var name : revoked) {
                var partition = partitions.remove(name);
                if (partition != null) {
                    ids.addAll(partition.ids());
                }
            }
            monitors.remove(ids);
            LOG.atInfo().addKeyValue("partitions", numbers(revoked)).log("Partitions revoked");
        }

        @Override
        public void close() {
            consumer = null;
            try {
                membership.close(CloseOptions.timeout(grace.multipliedBy(2))
                        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            } catch (FencedInstanceIdException | WakeupException e) {
                LOG.atDebug().setCause(e).log("Left the group without a response");
            } finally {
                onPartitionsRevoked(List.copyOf(partitions.keySet()));
            }
        }

        private static List<Integer> numbers(Collection<TopicPartition> partitions) {
            return partitions.stream().map(TopicPartition::partition).sorted().toList();
        }
    }
}
