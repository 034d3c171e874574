package io.growalert.dispatcher.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Place;
import io.growalert.definitions.Variables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesInUseTest {
    @TempDir
    private Path folder;

    /** What is written while the file is read. */
    private final AtomicReference<@Nullable String> meanwhile = new AtomicReference<>();

    @Test
    void what_is_read_while_the_file_is_written_again_is_not_in_use() throws Exception {
        var file = Files.writeString(folder.resolve("rules.yaml"), "receivers: {complete: {}}");
        var files = open(file);

        Files.writeString(file, "receivers: {torn: {}}");
        meanwhile.set("receivers: {complete: {}, other: {}}");
        assertThat(files.refresh()).isEmpty();
        assertThat(files.refresh()).isEmpty();

        assertThat(meanwhile).hasNullValue();
        assertThat(files.current()).isEqualTo("receivers: {complete: {}}");
        assertThat(files.refresh()).isEmpty();
        assertThat(files.refresh()).hasValue(new FilesInUse.Change.Accepted<>("receivers: {complete: {}, other: {}}"));
        assertThat(files.current()).isEqualTo("receivers: {complete: {}, other: {}}");
    }

    @Test
    void an_invalid_state_of_a_file_that_is_written_again_is_not_reported() throws Exception {
        var file = Files.writeString(folder.resolve("rules.yaml"), "receivers: {complete: {}}");
        var files = open(file);

        Files.writeString(file, "receivers: {invalid: {}}");
        meanwhile.set("receivers: {complete: {}, other: {}}");
        files.refresh();
        files.refresh();

        assertThat(meanwhile).hasNullValue();
        assertThat(files.rejected()).isEmpty();
    }

    private FilesInUse<String> open(Path file) {
        return new FilesInUse<>(List.of(file), Variables.environment(), problems -> {
            try {
                var text = Files.readString(file);
                if (text.contains("invalid")) {
                    problems.add(new Place(file.toString(), 1, 1), "", "invalid");
                }
                var next = meanwhile.getAndSet(null);
                if (next != null) {
                    Files.writeString(file, next);
                }
                return text;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
