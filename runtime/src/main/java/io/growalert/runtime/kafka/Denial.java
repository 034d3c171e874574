package io.growalert.runtime.kafka;

import java.security.cert.CertificateExpiredException;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** Why Kafka denies access, in one line for operators: what, where, what to do. docs/operations.md lists them all. */
final class Denial {
    private Denial() {}

    static String ofRights(KafkaConnection connection, KafkaRights rights, List<String> missing) {
        return "Kafka at %s denies the %s: %s; grant it as in docs/examples/acls.sh"
                .formatted(connection.servers(), rights.service(), String.join(", ", missing));
    }

    static String of(KafkaConnection connection, AuthenticationException failure) {
        return failure instanceof SslAuthenticationException
                ? ofTls(connection, failure)
                : "Kafka at %s rejects the login: %s; check sasl.mechanism and sasl.jaas.config in %s"
                        .formatted(connection.servers(), failure.getMessage(), connection.configName());
    }

    private static String ofTls(KafkaConnection connection, AuthenticationException failure) {
        var servers = connection.servers();
        var config = connection.configName();
        var reason = deepestReason(failure);
        if (isExpired(failure)) {
            return "Kafka at %s has an expired certificate (%s); replace it on the broker".formatted(servers, reason);
        }
        if (reason.contains("certification path") || reason.contains("trust anchor")) {
            return "Kafka at %s has a certificate of an unknown authority; add the authority to ssl.truststore.location in %s"
                    .formatted(servers, config);
        }
        if (reason.startsWith("No subject alternative") || reason.startsWith("No name matching")) {
            return "Kafka at %s has a certificate for another host (%s); name the broker as its certificate does"
                    .formatted(servers, reason);
        }
        if (isNotTls(reason)) {
            return withoutTls(connection);
        }
        if (reason.contains("alert")) {
            return "Kafka at %s rejects the client's certificate (%s); it needs a valid one of an authority that the broker trusts in ssl.keystore.location in %s"
                    .formatted(servers, reason, config);
        }
        return "Kafka at %s cannot be reached with TLS: %s; check ssl.* in %s".formatted(servers, reason, config);
    }

    /** Kafka's client cannot be created. */
    static String ofSettings(KafkaConnection connection, KafkaException failure) {
        return "Kafka at %s cannot be used: %s; check sasl.* and ssl.* in %s"
                .formatted(connection.servers(), deepestReason(failure), connection.configName());
    }

    /** Whether no name of a broker resolves yet. */
    static boolean isUnresolved(KafkaException failure) {
        return deepestReason(failure).startsWith("No resolvable bootstrap urls");
    }

    static String withoutTls(KafkaConnection connection) {
        return "Kafka at %s answers without TLS; name its port with TLS, or set security.protocol in %s to SASL_PLAINTEXT or PLAINTEXT"
                .formatted(connection.servers(), connection.configName());
    }

    static String tlsOnly(KafkaConnection connection) {
        return "Kafka at %s answers with TLS only; set security.protocol in %s to SASL_SSL or SSL"
                .formatted(connection.servers(), connection.configName());
    }

    /** Whether something else than TLS answered. */
    static boolean isNotTls(String reason) {
        return reason.contains("not an SSL/TLS")
                || reason.toLowerCase(Locale.ROOT).contains("unrecognized ssl message");
    }

    private static boolean isExpired(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return true;
            }
        }
        return false;
    }

    static String deepestReason(Throwable failure) {
        var deepest = failure;
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            deepest = cause;
        }
        return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
    }
}
