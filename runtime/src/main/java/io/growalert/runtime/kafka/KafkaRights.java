package io.growalert.runtime.kafka;

import io.growalert.events.Topics;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The rights of a service, as docs/examples/acls.sh grants them; Read and Write include Describe.
 *
 * @param service as its instances are named, which is its principal's name in the documents
 */
public record KafkaRights(String service, List<Right> rights) {
    /** Operations on topics, a group or a transactional id. */
    public record Right(ResourcePattern resource, Set<AclOperation> operations) {}

    private static final String STATE = "growalert.alert-state";

    /** The login alone. */
    public static final KafkaRights NONE = new KafkaRights("login", List.of());

    public static final KafkaRights MONITOR_SERVICE = new KafkaRights(
            "monitor-service",
            List.of(
                    topic(Topics.MONITORS, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS),
                    topic(Topics.CHECK_RESULTS, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS),
                    topic(Topics.ENTITLEMENTS, AclOperation.READ),
                    group("growalert-monitor-service")));

    public static final KafkaRights ALERT_DISPATCHER = new KafkaRights(
            "alert-dispatcher",
            Stream.of(
                            Stream.of(
                                    topic(Topics.MONITORS, AclOperation.READ, AclOperation.DESCRIBE_CONFIGS),
                                    topic(Topics.ENTITLEMENTS, AclOperation.READ),
                                    topic(Topics.NOTIFICATIONS, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS)),
                            Stream.of(Topics.CHECK_RESULTS, Topics.ALERTS, Topics.ALERT_COMMANDS, Topics.HEARTBEATS)
                                    .map(name -> topic(
                                            name,
                                            AclOperation.READ,
                                            AclOperation.WRITE,
                                            AclOperation.DESCRIBE_CONFIGS)),
                            Stream.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS, Topics.ALERT_COMMANDS)
                                    .map(name -> topic(Topics.deadLetters(name), AclOperation.WRITE)),
                            Stream.of(
                                    prefixed(ResourceType.TOPIC, AclOperation.ALL),
                                    group(STATE),
                                    group("growalert-notifier"),
                                    prefixed(ResourceType.TRANSACTIONAL_ID, AclOperation.WRITE)))
                    .flatMap(rights -> rights)
                    .toList());

    public static final KafkaRights HISTORY_SERVICE = new KafkaRights(
            "history-service",
            Stream.concat(
                            Stream.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS, Topics.NOTIFICATIONS)
                                    .map(name -> topic(name, AclOperation.READ, AclOperation.DESCRIBE_CONFIGS)),
                            Stream.of(topic(Topics.ENTITLEMENTS, AclOperation.READ), group("growalert-history")))
                    .toList());

    public static final KafkaRights BILLING_SERVICE = new KafkaRights(
            "billing-service",
            List.of(
                    topic(Topics.CHECK_RESULTS, AclOperation.WRITE),
                    topic(Topics.BILLING, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS),
                    topic(Topics.ENTITLEMENTS, AclOperation.WRITE, AclOperation.DESCRIBE_CONFIGS)));

    public static final List<KafkaRights> ALL =
            List.of(MONITOR_SERVICE, ALERT_DISPATCHER, HISTORY_SERVICE, BILLING_SERVICE);

    private static Right topic(String name, AclOperation... operations) {
        return new Right(new ResourcePattern(ResourceType.TOPIC, name, PatternType.LITERAL), Set.of(operations));
    }

    private static Right group(String name) {
        return new Right(new ResourcePattern(ResourceType.GROUP, name, PatternType.LITERAL), Set.of(AclOperation.READ));
    }

    private static Right prefixed(ResourceType type, AclOperation operation) {
        return new Right(new ResourcePattern(type, STATE + "-", PatternType.PREFIXED), Set.of(operation));
    }

    Stream<Right> of(ResourceType type) {
        return rights.stream().filter(right -> right.resource().resourceType() == type);
    }
}
