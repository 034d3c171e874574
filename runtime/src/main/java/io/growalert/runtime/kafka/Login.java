package io.growalert.runtime.kafka;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/** The login module in {@code sasl.jaas.config}, references resolved. Its text has the password, and appears in no message. */
final class Login {
    /** With their mechanisms. Other modules run code or connect elsewhere. */
    private static final Map<String, Set<String>> MODULES = Map.of(
            "org.apache.kafka.common.security.scram.ScramLoginModule",
            Set.of("SCRAM-SHA-512", "SCRAM-SHA-256"),
            "org.apache.kafka.common.security.plain.PlainLoginModule",
            Set.of("PLAIN"),
            "com.sun.security.auth.module.Krb5LoginModule",
            Set.of("GSSAPI"));

    private static final Pattern PASSWORD =
            Pattern.compile("\\bpassword\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\"?|[^\\s;]+)", Pattern.DOTALL);

    private Login() {}

    static void check(Path file, Map<String, String> settings) {
        var jaas = settings.get(SaslConfigs.SASL_JAAS_CONFIG);
        if (jaas == null) {
            throw new KafkaConfigException(
                    "%s: sasl.jaas.config is missing; expected LOGIN_MODULE required username=\"...\" password=\"...\";"
                            .formatted(file));
        }
        var mechanisms = MODULES.get(module(jaas));
        if (mechanisms == null) {
            throw new KafkaConfigException(
                    "%s: sasl.jaas.config: expected MODULE required NAME=\"VALUE\" ...; with Kafka's ScramLoginModule or PlainLoginModule, or Krb5LoginModule; a backslash precedes \" and \\ in a value"
                            .formatted(file));
        }
        var mechanism = settings.getOrDefault(SaslConfigs.SASL_MECHANISM, "missing");
        if (!mechanisms.contains(mechanism)) {
            boolean isShown = mechanism.equals("missing")
                    || MODULES.values().stream().anyMatch(known -> known.contains(mechanism));
            var expected = mechanisms.stream().sorted(Comparator.reverseOrder()).collect(Collectors.joining(" or "));
            throw new KafkaConfigException("%s: sasl.mechanism is %s; expected %s, as the module in sasl.jaas.config"
                    .formatted(file, isShown ? mechanism : "invalid", expected));
        }
    }

    /** As Kafka parses it; empty when Kafka rejects it, for a reason that may have a part of the password. */
    private static String module(String jaas) {
        try {
            return JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(jaas)))
                    .configurationEntries()
                    .getFirst()
                    .getLoginModuleName();
        } catch (RuntimeException e) {
            return "";
        }
    }

    /** Whether the text, references not resolved, has a password. */
    static boolean hasPassword(String jaas) {
        return PASSWORD.matcher(jaas).results().anyMatch(password -> !SecretReferences.isIn(password.group(1)));
    }
}
