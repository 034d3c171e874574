package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.stripe.StripeRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The documented rights of the restricted key are those that billing needs. */
class StripeRightsDocumentTest {
    private static final Pattern RIGHT = Pattern.compile("([A-Z][A-Za-z ]+: (?:Read|Write)) \\(`(rak_\\w+)`\\)");

    @Test
    void the_list_of_rights_is_complete_and_has_no_other() throws IOException {
        var operations = Files.readString(Path.of("../docs/operations.md")).replaceAll("\\s+", " ");

        assertThat(RIGHT.matcher(operations).results().map(match -> match.group(1) + " " + match.group(2)))
                .containsExactlyInAnyOrderElementsOf(StripeRights.needed(true).stream()
                        .map(right -> StripeRights.shown(right) + " " + right)
                        .toList());
    }
}
