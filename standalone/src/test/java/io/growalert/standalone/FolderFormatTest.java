package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderFormatTest {
    @TempDir
    Path folder;

    @Test
    void a_new_folder_gets_the_format_when_the_schemas_are_accepted() throws Exception {
        FolderFormat.requireSupported(folder);
        FolderFormat.raise(folder);
        assertThat(folder).isEmptyDirectory();

        FolderFormat.record(folder);

        assertThat(stored()).isEqualTo("1 written by growalert development");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void an_empty_file_is_as_good_as_none() throws Exception {
        store("");

        FolderFormat.requireSupported(folder);
        FolderFormat.record(folder);

        assertThat(stored()).isEqualTo("1 written by growalert development");
    }

    @Test
    void the_version_of_the_same_format_is_replaced_only_when_the_schemas_are_accepted() throws Exception {
        store("1 written by growalert 0.0.9\n");

        FolderFormat.requireSupported(folder);
        FolderFormat.raise(folder);
        assertThat(stored()).isEqualTo("1 written by growalert 0.0.9");

        FolderFormat.record(folder);
        assertThat(stored()).isEqualTo("1 written by growalert development");
    }

    @ParameterizedTest
    @CsvSource({
        "0.2.0, 0.1.0, true",
        "0.10.0, 0.9.0, true",
        "0.2.0, 0.2.0-SNAPSHOT, true",
        "0.1.0, 0.2.0, false",
        "0.2.0, 0.2.0, false",
        "0.2.0, development, false",
        "development, 0.2.0, false"
    })
    void a_later_version_is_not_replaced(String version, String than, boolean isLater) {
        assertThat(FolderFormat.isLater(version, than)).isEqualTo(isLater);
    }

    @Test
    void a_newer_format_is_refused_in_one_line_and_nothing_changes() throws Exception {
        store("2 written by growalert 0.3.0\n");
        Files.createDirectories(folder.resolve("tmp/left"));

        assertThat(refusedUp())
                .isEqualTo(
                        ("growalert: the data folder %s has format 2, and growalert development supports up to 1: start growalert"
                                        + " 0.3.0, which wrote it, or a newer one, or restore the backup from before the upgrade%n")
                                .formatted(folder));
        assertThat(stored()).isEqualTo("2 written by growalert 0.3.0");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(FolderFormat.FILE, DataFolder.LOCK, "tmp");
        }
        assertThat(folder.resolve("tmp/left")).isDirectory();
    }

    @Test
    void what_is_no_format_is_refused() throws Exception {
        store("nothing\n");

        assertThatThrownBy(() -> FolderFormat.requireSupported(folder))
                .isInstanceOf(CannotRun.class)
                .hasMessageContainingAll(folder.resolve(FolderFormat.FILE).toString(), "--data");
        assertThat(stored()).isEqualTo("nothing");
    }

    @Test
    void bytes_that_are_no_text_are_named_as_damage() throws Exception {
        Files.write(folder.resolve(FolderFormat.FILE), new byte[] {(byte) 0xff, 0, (byte) 0xc3});

        assertThat(refusedUp())
                .isEqualTo(
                        ("growalert: %s is damaged: expected is one line such as '1 written by growalert development'; restore the backup,"
                                        + " or name another folder with --data%n")
                                .formatted(folder.resolve(FolderFormat.FILE)));
    }

    /** What is printed. */
    private String refusedUp() {
        var err = new StringWriter();
        int code =
                GrowAlert.commandLine().setErr(new PrintWriter(err, true)).execute("up", "--data", folder.toString());
        assertThat(code).isEqualTo(1);
        return err.toString();
    }

    /** An earlier broker cannot start on a folder that a newer one has formatted. PostgreSQL's version is in {@code DowngradeTest}. */
    @Test
    void the_format_is_raised_with_the_brokers() {
        assertThat(MetadataVersion.LATEST_PRODUCTION)
                .as("raise FolderFormat.CURRENT, and change this")
                .isEqualTo(MetadataVersion.IBP_4_1_IV1);
        assertThat(FolderFormat.CURRENT).isEqualTo(1);
    }

    private String stored() throws IOException {
        return Files.readString(folder.resolve(FolderFormat.FILE)).strip();
    }

    private void store(String text) throws IOException {
        Files.writeString(folder.resolve(FolderFormat.FILE), text);
    }
}
