package io.growalert.runtime.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;
import org.jspecify.annotations.Nullable;

/**
 * Which rights of a service Kafka does not grant. Unknown, and not reported: those on topics that do not exist yet, and on topics
 * that Kafka Streams creates.
 */
final class MissingRights {
    private final Admin admin;
    private final Duration limit;
    private final List<String> missing = new ArrayList<>();

    private MissingRights(Admin admin, Duration limit) {
        this.admin = admin;
        this.limit = limit;
    }

    /** Such as {@code Write on topic growalert.check-results}. */
    static List<String> of(KafkaRights rights, Admin admin, Duration limit)
            throws InterruptedException, TimeoutException {
        var found = new MissingRights(admin, limit);
        found.topics(rights.of(ResourceType.TOPIC)
                .filter(right -> right.resource().patternType() == PatternType.LITERAL)
                .toList());
        found.groups(rights.of(ResourceType.GROUP).toList());
        found.transactionalIds(rights.of(ResourceType.TRANSACTIONAL_ID).toList());
        return found.missing;
    }

    private void topics(List<KafkaRights.Right> rights) throws InterruptedException, TimeoutException {
        var names = rights.stream().map(right -> right.resource().name()).toList();
        var described = admin.describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        for (var right : rights) {
            var name = right.resource().name();
            try {
                var topic = described.get(name);
                if (topic != null) {
                    report(right, within(topic).authorizedOperations());
                }
            } catch (ExecutionException e) {
                reportIfDenied(right, e);
            }
        }
    }

    private void groups(List<KafkaRights.Right> rights) throws InterruptedException, TimeoutException {
        for (var right : rights) {
            try {
                within(admin.listConsumerGroupOffsets(right.resource().name()).partitionsToOffsetAndMetadata());
            } catch (ExecutionException e) {
                reportIfDenied(right, e);
            }
        }
    }

    private void transactionalIds(List<KafkaRights.Right> rights) throws InterruptedException, TimeoutException {
        for (var right : rights) {
            var id = right.resource().name() + "access";
            try {
                within(admin.describeTransactions(List.of(id)).description(id));
            } catch (ExecutionException e) {
                reportIfDenied(right, e);
            }
        }
    }

    /** @param granted null when the broker does not answer this, as some compatible ones */
    private void report(KafkaRights.Right right, @Nullable Set<AclOperation> granted) {
        if (granted == null) {
            return;
        }
        right.operations().stream()
                .sorted()
                .filter(operation -> !granted.contains(operation))
                .forEach(operation -> missing.add(text(right, operation)));
    }

    /**
     * Without Describe, which Read and Write include, both are missing, and DescribeConfigs is unknown. Anything else, such as a topic
     * or a transactional id that does not exist, denies nothing.
     */
    private void reportIfDenied(KafkaRights.Right right, ExecutionException e) {
        if (e.getCause() instanceof AuthorizationException) {
            right.operations().stream()
                    .sorted()
                    .filter(operation -> operation != AclOperation.DESCRIBE_CONFIGS)
                    .forEach(operation -> missing.add(text(right, operation)));
        }
    }

    private static String text(KafkaRights.Right right, AclOperation operation) {
        var resource = right.resource();
        return "%s on %s %s%s"
                .formatted(
                        SecurityUtils.operationName(operation),
                        switch (resource.resourceType()) {
                            case GROUP -> "group";
                            case TRANSACTIONAL_ID -> "transactional id";
                            default -> "topic";
                        },
                        resource.name(),
                        resource.patternType() == PatternType.PREFIXED ? "*" : "");
    }

    private <T> T within(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }
}
