package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTokenTest {
    @TempDir
    private Path folder;

    @Test
    void it_is_made_once_and_kept_for_its_owner() throws Exception {
        var file = folder.resolve("operator-token");

        var made = StoredToken.of(Map.of(), file);
        var kept = StoredToken.of(Map.of(), file);

        assertThat(made.isNew()).isTrue();
        assertThat(kept.isNew()).isFalse();
        assertThat(kept.value()).isEqualTo(made.value()).matches("[A-Za-z0-9_-]{43}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(made.toString()).doesNotContain(made.value());
    }

    @Test
    void the_environments_wins_and_is_not_stored() {
        var file = folder.resolve("operator-token");

        var given = StoredToken.of(Map.of(StoredToken.VARIABLE, " a-token-of-the-environment "), file);

        assertThat(given.value()).isEqualTo("a-token-of-the-environment");
        assertThat(given.isNew()).isFalse();
        assertThat(file).doesNotExist();
    }

    @Test
    void what_is_too_short_is_one_line_that_names_where_it_is_from() throws Exception {
        var file = Files.writeString(folder.resolve("operator-token"), "short\n");

        assertThatThrownBy(() -> StoredToken.of(Map.of(StoredToken.VARIABLE, "short"), file))
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith(StoredToken.VARIABLE + " must contain an operator token of at least 20");
        assertThatThrownBy(() -> StoredToken.of(Map.of(), file))
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageNotContaining("short\n");
    }
}
