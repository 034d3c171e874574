package io.growalert.runtime.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.utils.Utils;

/** Whether Kafka accepts the login of a service and grants its rights. A broker that is unreachable denies nothing. */
public final class KafkaAccess {
    private static final int CONNECT_MILLIS = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final KafkaCluster cluster;
    private final KafkaRights rights;

    public KafkaAccess(KafkaCluster cluster, KafkaRights rights) {
        this.cluster = cluster;
        this.rights = rights;
    }

    /**
     * For the start. Brokers may start after the services, so an unreachable one is no failure.
     *
     * @throws KafkaConfigException when Kafka is reachable and denies access
     */
    public static KafkaCluster require(KafkaCluster cluster, KafkaRights rights) {
        new KafkaAccess(cluster, rights).denial().ifPresent(reason -> {
            throw new KafkaConfigException(reason);
        });
        return cluster;
    }

    /** What health reports. */
    record Finding(Optional<String> denial, Optional<String> outdated) {
        static final Finding NONE = new Finding(Optional.empty(), Optional.empty());

        boolean isNone() {
            return equals(NONE);
        }

        String reason() {
            return Stream.concat(denial.stream(), outdated.stream()).collect(Collectors.joining("; "));
        }
    }

    Finding finding() {
        return new Finding(denial(), cluster.outdated());
    }

    /** Why access is denied, in one line; empty when it is granted, or unknown because no broker is reachable. */
    public Optional<String> denial() {
        if (!acceptsConnections(cluster)) {
            return Optional.empty();
        }
        try (var admin = Admin.create(cluster.clientAtStart(Map.of(
                AdminClientConfig.CLIENT_ID_CONFIG,
                "growalert-%s-access".formatted(rights.service()),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) LIMIT.toMillis(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) LIMIT.toMillis(),
                AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
                false)))) {
            admin.describeCluster().clusterId().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            var missing = MissingRights.of(rights, admin, LIMIT);
            return missing.isEmpty() ? Optional.empty() : Optional.of(Denial.ofRights(cluster, rights, missing));
        } catch (ExecutionException e) {
            return e.getCause() instanceof AuthenticationException failure
                    ? Optional.of(Denial.of(cluster, failure))
                    : unanswered();
        } catch (TimeoutException e) {
            return unanswered();
        } catch (KafkaException e) {
            return Denial.isUnresolved(e) ? Optional.empty() : Optional.of(Denial.ofSettings(cluster, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Whether something listens there, be it Kafka or not. */
    public static boolean acceptsConnections(KafkaCluster cluster) {
        return addresses(cluster).anyMatch(KafkaAccess::isReachable);
    }

    private static Stream<InetSocketAddress> addresses(KafkaCluster cluster) {
        return Stream.of(cluster.servers().split(",", -1))
                .map(String::strip)
                .filter(server -> Utils.getHost(server) != null && Utils.getPort(server) != null)
                .map(server -> new InetSocketAddress(Utils.getHost(server), Utils.getPort(server)));
    }

    private static boolean isReachable(InetSocketAddress address) {
        try (var socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Kafka is down, or one side uses TLS and the other does not. */
    private Optional<String> unanswered() {
        var answers = addresses(cluster).map(Answer::of).toList();
        if (cluster.usesTls()) {
            return answers.contains(Answer.PLAINTEXT) ? Optional.of(Denial.withoutTls(cluster)) : Optional.empty();
        }
        return answers.contains(Answer.TLS) ? Optional.of(Denial.tlsOnly(cluster)) : Optional.empty();
    }
}
