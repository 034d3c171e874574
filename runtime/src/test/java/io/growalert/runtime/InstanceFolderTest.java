package io.growalert.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceFolderTest {
    @TempDir
    private Path folder;

    @Test
    void the_instance_id_survives_a_restart() throws Exception {
        var first = idOf(folder.resolve("data"));

        assertThat(idOf(folder.resolve("data"))).isEqualTo(first);
        assertThat(idOf(folder.resolve("other"))).isNotEqualTo(first);
    }

    @Test
    void an_id_that_a_crash_left_empty_is_made_anew_and_kept() throws Exception {
        Files.writeString(folder.resolve("instance-id"), "\n");

        var made = idOf(folder);

        assertThat(made).isNotBlank();
        assertThat(idOf(folder)).isEqualTo(made);
    }

    @Test
    void a_folder_in_use_is_refused_until_it_is_given_up() throws Exception {
        try (var _ = InstanceFolder.open("growalert.x.data", folder)) {
            assertThatThrownBy(() -> InstanceFolder.open("growalert.x.data", folder))
                    .isInstanceOf(PlainReason.class)
                    .hasMessage("growalert.x.data: the folder %s is in use by another instance; give each its own"
                            .formatted(folder));
        }

        InstanceFolder.open("growalert.x.data", folder).close();
    }

    @Test
    void a_folder_that_cannot_be_made_is_named_with_its_setting() throws Exception {
        var file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> InstanceFolder.open("growalert.x.data", file.resolve("data")))
                .isInstanceOf(PlainReason.class)
                .hasMessageStartingWith(
                        "growalert.x.data: the folder %s cannot be written to".formatted(file.resolve("data")));
    }

    private static String idOf(Path path) throws Exception {
        try (var folder = InstanceFolder.open("growalert.x.data", path)) {
            return folder.instanceId();
        }
    }
}
