package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    private final String temporary = System.getProperty("java.io.tmpdir");

    @TempDir
    Path folder;

    @AfterEach
    void restore() {
        System.setProperty("java.io.tmpdir", temporary);
    }

    @Test
    void a_folder_that_is_open_is_in_use() {
        var path = folder.resolve("data");
        try (var _ = DataFolder.open(path)) {
            assertThatThrownBy(() -> DataFolder.open(path))
                    .isInstanceOf(CannotRun.class)
                    .hasMessageContainingAll(path.toString(), "in use", "--data");
        }
    }

    @Test
    void a_folder_that_was_closed_can_be_opened_again() {
        DataFolder.open(folder).close();

        try (var again = DataFolder.open(folder)) {
            assertThat(again.path()).isEqualTo(folder);
        }
    }

    @Test
    void what_an_earlier_run_left_in_its_temporary_folder_is_gone() throws Exception {
        var left = folder.resolve("tmp/rocksdb/librocksdbjni.so");
        Files.createDirectories(left.getParent());
        Files.writeString(left, "14 MB");

        try (var data = DataFolder.open(folder)) {
            assertThat(data.tmp()).isEmptyDirectory();
            assertThat(System.getProperty("java.io.tmpdir"))
                    .isEqualTo(data.tmp().toString());
        }
    }

    @Test
    void a_file_in_the_folders_place_is_one_line() throws Exception {
        var file = Files.writeString(folder.resolve("data"), "not a folder");

        assertThatThrownBy(() -> DataFolder.open(file))
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining(file.toString());
    }

    /** Root may write anywhere, so a folder without write access is one that not even root may write to. */
    @Test
    void a_folder_that_cannot_be_written_to_is_one_line() {
        var path = Path.of("/proc/growalert");

        assertThatThrownBy(() -> DataFolder.open(path))
                .isInstanceOf(CannotRun.class)
                .hasMessageContainingAll("/proc/growalert", "cannot be written to", "--data")
                .hasMessageNotContaining("\n");
    }
}
