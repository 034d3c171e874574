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
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.utils.Utils;

/** Whether Kafka accepts the login of a service and grants its rights. A broker that is unreachable denies nothing. */
public final class KafkaAccessCheck {
    private static final int CONNECT_MILLIS = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final KafkaConnection connection;
    private final KafkaRights rights;

    public KafkaAccessCheck(KafkaConnection connection, KafkaRights rights) {
        this.connection = connection;
        this.rights = rights;
    }

    /**
     * For the start. Brokers may start after the services, so an unreachable one is no failure.
     *
     * @throws KafkaConfigException when Kafka is reachable and denies access
     */
    public static KafkaConnection require(KafkaConnection connection, KafkaRights rights) {
        new KafkaAccessCheck(connection, rights).denial().ifPresent(reason -> {
            throw new KafkaConfigException(reason);
        });
        return connection;
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
        return new Finding(denial(), connection.outdated());
    }

    /** Why access is denied, in one line; empty when it is granted, or unknown because no broker is reachable. */
    public Optional<String> denial() {
        if (!acceptsConnections(connection)) {
            return Optional.empty();
        }
        var client = "growalert-%s-access".formatted(rights.service());
        try (var brief =
                new BriefAdmin(connection.clientAtStart(Map.of(AdminClientConfig.CLIENT_ID_CONFIG, client)), LIMIT)) {
            var admin = brief.admin();
            admin.describeCluster().clusterId().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            var missing = MissingRights.of(rights, admin, LIMIT);
            return missing.isEmpty() ? Optional.empty() : Optional.of(Denial.ofRights(connection, rights, missing));
        } catch (ExecutionException e) {
            return e.getCause() instanceof AuthenticationException failure
                    ? Optional.of(Denial.of(connection, failure))
                    : unanswered();
        } catch (TimeoutException e) {
            return unanswered();
        } catch (KafkaException e) {
            return Denial.isUnresolved(e) ? Optional.empty() : Optional.of(Denial.ofSettings(connection, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Whether something listens there, be it Kafka or not. */
    public static boolean acceptsConnections(KafkaConnection connection) {
        return addresses(connection).anyMatch(KafkaAccessCheck::isReachable);
    }

    private static Stream<InetSocketAddress> addresses(KafkaConnection connection) {
        return Stream.of(connection.servers().split(",", -1))
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
        var answers = addresses(connection).map(Answer::of).toList();
        if (connection.usesTls()) {
            return answers.contains(Answer.PLAINTEXT) ? Optional.of(Denial.withoutTls(connection)) : Optional.empty();
        }
        return answers.contains(Answer.TLS) ? Optional.of(Denial.tlsOnly(connection)) : Optional.empty();
    }
}
