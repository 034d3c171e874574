package io.growalert.runtime.kafka;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;

/**
 * What a message may show as the name of a setting: one of Kafka's, or a misspelled one. Anything else in a file of settings may be a
 * part of a secret.
 */
final class SettingName {
    private static final Pattern NAME = Pattern.compile("([a-z][a-z0-9]*)(?:\\.[a-z0-9]+)*");
    private static final int MAX_LENGTH = 64;
    private static final Set<String> KNOWN = Stream.of(
                    ConsumerConfig.configNames(),
                    ProducerConfig.configNames(),
                    AdminClientConfig.configNames(),
                    Set.of(AbstractConfig.CONFIG_PROVIDERS_CONFIG))
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());
    /** The first parts of those with several. */
    private static final Set<String> FAMILIES = KNOWN.stream()
            .filter(name -> name.contains("."))
            .map(name -> name.substring(0, name.indexOf('.')))
            .collect(Collectors.toUnmodifiableSet());

    private SettingName() {}

    static boolean isPlausible(String name) {
        if (KNOWN.contains(name)) {
            return true;
        }
        var parts = NAME.matcher(name);
        return name.length() <= MAX_LENGTH
                && name.contains(".")
                && parts.matches()
                && FAMILIES.contains(parts.group(1));
    }
}
