package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Logs show every key-value of every message, so none may be a secret or personal. */
class LogKeysTest {
    private static final Pattern KEY = Pattern.compile("addKeyValue\\(\\s*\"([^\"]+)\"");
    private static final Pattern PRIVATE = Pattern.compile(
            "(?!mailId$)(?i).*(mail|token|secret|password|card|cookie|payload|body|header|query|url|user).*");

    @Test
    void no_key_of_a_log_message_names_a_secret_or_what_is_personal() throws IOException {
        var keys = new ArrayList<String>();
        for (var module :
                List.of("runtime", "monitor-service", "alert-dispatcher", "billing-service", "gateway", "standalone")) {
            try (var files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    KEY.matcher(Files.readString(file)).results().forEach(key -> keys.add(key.group(1)));
                }
            }
        }

        assertThat(keys).hasSizeGreaterThan(50).noneMatch(key -> PRIVATE.matcher(key)
                .matches());
    }
}
