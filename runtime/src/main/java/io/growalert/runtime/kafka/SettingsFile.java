package io.growalert.runtime.kafka;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/** Java properties with the line of each, which {@link Properties} does not have. */
final class SettingsFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern LINE_END = Pattern.compile("\\r\\n|\\r|\\n");
    private static final Pattern NO_SETTING = Pattern.compile("[ \\t\\f]*(?:[#!].*)?");

    /** @param line the first, from 1 */
    record Setting(int line, String key, String value) {
        /** Without key and value, which may be secrets. */
        @Override
        public String toString() {
            return "line " + line;
        }
    }

    private SettingsFile() {}

    /** @throws KafkaConfigException when it cannot be read */
    static List<Setting> read(Path file) {
        var lines = LINE_END.split(text(file), -1);
        var settings = new ArrayList<Setting>();
        for (int first = 0; first < lines.length; first++) {
            if (NO_SETTING.matcher(lines[first]).matches()) {
                continue;
            }
            int last = first;
            while (isContinued(lines[last]) && last + 1 < lines.length) {
                last++;
            }
            settings.addAll(
                    parsed(file, first + 1, String.join("\n", List.of(lines).subList(first, last + 1))));
            first = last;
        }
        return settings;
    }

    private static boolean isContinued(String line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == '\\') {
            end--;
        }
        return (line.length() - end) % 2 == 1;
    }

    private static List<Setting> parsed(Path file, int line, String text) {
        var read = new Properties();
        try {
            read.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw new KafkaConfigException(
                    "%s: line %d has a \\u without four hexadecimal digits".formatted(file, line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read.stringPropertyNames().stream()
                .map(key -> new Setting(line, key, read.getProperty(key).strip()))
                .toList();
    }

    private static String text(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                // a pipe would block, and a device may have no end
                throw new KafkaConfigException(
                        "%s: this is not a file; expected one with settings for Kafka".formatted(file));
            }
            try (var in = Files.newInputStream(file)) {
                var bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new KafkaConfigException("%s: the settings for Kafka are larger than 1 MB".formatted(file));
                }
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            }
        } catch (NoSuchFileException e) {
            throw new KafkaConfigException("%s: there is no such file with settings for Kafka".formatted(file), e);
        } catch (AccessDeniedException e) {
            throw new KafkaConfigException(
                    "%s: the settings for Kafka cannot be read: permission denied".formatted(file), e);
        } catch (CharacterCodingException e) {
            throw new KafkaConfigException("%s: the settings for Kafka are not UTF-8".formatted(file), e);
        } catch (IOException e) {
            throw new KafkaConfigException(
                    "%s: the settings for Kafka cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }
}
