package io.growalert.runtime.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * References to secrets in the settings for Kafka, as Kafka's own tools resolve them: <code>${directory:FOLDER:FILE}</code> is the
 * content of a file, <code>${file:FILE:KEY}</code> a value of a properties file, <code>${env:NAME}</code> an environment variable.
 */
final class SecretReferences {
    private static final String PROVIDERS = AbstractConfig.CONFIG_PROVIDERS_CONFIG;
    private static final Map<String, ConfigProvider> BY_NAME = Map.of(
            "directory", new WithoutLineEnd(configured(new DirectoryConfigProvider())),
            "file", new OfFiles(configured(new FileConfigProvider())),
            "env", configured(new EnvVarConfigProvider()));

    private static final Map<String, String> CLASSES = Map.of(
            "directory", DirectoryConfigProvider.class.getName(),
            "file", FileConfigProvider.class.getName(),
            "env", EnvVarConfigProvider.class.getName());

    private static final Pattern DECLARATION =
            Pattern.compile(Pattern.quote(PROVIDERS) + "\\.(directory|file|env)\\.(class|param\\..+)");
    private static final Pattern REFERENCE = ConfigTransformer.DEFAULT_PATTERN;

    private SecretReferences() {}

    private static ConfigProvider configured(ConfigProvider provider) {
        provider.configure(Map.of());
        return provider;
    }

    /**
     * Removes the declarations of providers, which only Kafka's own tools need.
     *
     * @throws KafkaConfigException when one declares anything else than Kafka's provider of that name
     */
    static void removeDeclarations(Path file, Map<String, String> settings) {
        for (var key : Set.copyOf(settings.keySet())) {
            if (key.equals(PROVIDERS)) {
                settings.remove(key);
            } else if (key.startsWith(PROVIDERS + ".")) {
                var declaration = DECLARATION.matcher(key);
                boolean isKnown = declaration.matches()
                        && (declaration.group(2).startsWith("param.")
                                || settings.getOrDefault(key, "").equals(CLASSES.get(declaration.group(1))));
                if (!isKnown) {
                    throw new KafkaConfigException(
                            "%s: %s: expected the names file, directory or env with Kafka's provider of that name"
                                    .formatted(file, key));
                }
                settings.remove(key);
            }
        }
    }

    /** @throws KafkaConfigException when a secret cannot be read */
    static Map<String, String> resolve(Path file, Map<String, String> settings) {
        var resolved = new HashMap<>(settings);
        settings.forEach((key, value) -> {
            if (REFERENCE.matcher(value).find()) {
                resolved.put(key, resolve(file, key, value));
            }
        });
        return resolved;
    }

    static boolean isIn(String value) {
        return REFERENCE.matcher(value).find();
    }

    private static String resolve(Path file, String key, String value) {
        // a login module's text can be a secret as a whole, which is not a value in it
        boolean isQuoted = key.equals(SaslConfigs.SASL_JAAS_CONFIG)
                && !REFERENCE.matcher(value).matches();
        return REFERENCE.matcher(value).replaceAll(match -> {
            var secret = secret(file, key, match.group());
            return Matcher.quoteReplacement(isQuoted ? escaped(file, key, match.group(), secret) : secret);
        });
    }

    private static String escaped(Path file, String key, String reference, String secret) {
        if (secret.contains("\n") || secret.contains("\r")) {
            throw new KafkaConfigException(
                    "%s: %s: the secret %s has a line break; expected one line".formatted(file, key, reference));
        }
        return secret.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String secret(Path file, String key, String reference) {
        try {
            var found = new ConfigTransformer(BY_NAME)
                    .transform(Map.of(key, reference))
                    .data()
                    .get(key);
            if (found != null && !found.isEmpty() && !found.equals(reference)) {
                return found;
            }
        } catch (ConfigException e) {
            // reported below, with the same message as a missing key
        }
        throw new KafkaConfigException(
                "%s: %s: the secret %s cannot be read or is empty; expected ${directory:FOLDER:FILE}, ${file:FILE:KEY} or ${env:NAME}"
                        .formatted(file, key, reference));
    }

    /** A pipe would block, and a device may have no end. */
    private record OfFiles(ConfigProvider provider) implements ConfigProvider {
        @Override
        public ConfigData get(String path) {
            return provider.get(required(path));
        }

        @Override
        public ConfigData get(String path, Set<String> keys) {
            return provider.get(required(path), keys);
        }

        private static String required(String path) {
            if (Files.exists(Path.of(path)) && !Files.isRegularFile(Path.of(path))) {
                throw new ConfigException("not a file");
            }
            return path;
        }

        @Override
        public void configure(Map<String, ?> configs) {
            provider.configure(configs);
        }

        @Override
        public void close() {}
    }

    /** Editors and shells end a file with a line break, which is no part of a password. */
    private record WithoutLineEnd(ConfigProvider provider) implements ConfigProvider {
        @Override
        public ConfigData get(String path) {
            return stripped(provider.get(path));
        }

        @Override
        public ConfigData get(String path, Set<String> keys) {
            return stripped(provider.get(path, keys));
        }

        private static ConfigData stripped(ConfigData read) {
            var values = new HashMap<>(read.data());
            values.replaceAll((_, value) -> value.replaceFirst("\\r?\\n$", ""));
            return new ConfigData(values, read.ttl());
        }

        @Override
        public void configure(Map<String, ?> configs) {
            provider.configure(configs);
        }

        @Override
        public void close() {}
    }
}
