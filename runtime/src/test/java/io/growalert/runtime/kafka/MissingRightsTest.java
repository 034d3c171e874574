package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MissingRightsTest {
    private static final KafkaRights RIGHTS = new KafkaRights(
            "reader",
            List.of(new KafkaRights.Right(
                    new ResourcePattern(ResourceType.TOPIC, "a", PatternType.LITERAL), Set.of(AclOperation.READ))));

    private static List<String> missing(@Nullable Set<AclOperation> authorized) throws Exception {
        var topic = KafkaFuture.completedFuture(new TopicDescription("a", false, List.of(), authorized));
        var described = new DescribeTopicsResult(null, Map.of("a", topic)) {};
        var admin = (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (_, _, _) -> described);
        return MissingRights.of(RIGHTS, admin, Duration.ofSeconds(1));
    }

    @Test
    void a_right_that_is_not_authorized_is_missing() throws Exception {
        assertThat(missing(Set.of(AclOperation.WRITE))).containsExactly("Read on topic a");
    }

    @Test
    void rights_that_the_broker_does_not_report_are_unknown() throws Exception {
        assertThat(missing(null)).isEmpty();
    }
}
