package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresProgramsTest {
    private static final String LIBRARY = "lib/libxml2.so.2";
    private static final String MARK = ".exists";

    @TempDir
    private static Path shared;

    private static Path programs;

    @TempDir
    private Path folder;

    @BeforeAll
    static void unpack() {
        programs = PostgresPrograms.in(shared).folder();
    }

    @Test
    void complete_ones_are_not_unpacked_again() throws Exception {
        var before = Files.getLastModifiedTime(programs.resolve(LIBRARY));

        assertThat(PostgresPrograms.in(shared).folder()).isEqualTo(programs);

        assertThat(Files.getLastModifiedTime(programs.resolve(LIBRARY))).isEqualTo(before);
        assertThat(programs.resolve("bin/postgres")).isExecutable();
    }

    /** The library unpacks over what is there when the mark is older than a file, and fails at the first link. */
    @Test
    void the_mark_is_the_newest_file_even_after_a_copy_of_the_folder() throws Exception {
        var dayAgo = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
        Files.setLastModifiedTime(programs.resolve(MARK), dayAgo);

        PostgresPrograms.in(shared);

        assertThat(Files.getLastModifiedTime(programs.resolve(MARK)))
                .isGreaterThanOrEqualTo(Files.getLastModifiedTime(programs.resolve("bin")))
                .isGreaterThan(dayAgo);
    }

    @Test
    void an_empty_library_is_unpacked_again() throws Exception {
        Files.write(programs.resolve(LIBRARY), new byte[0]);

        PostgresPrograms.in(shared);

        assertThat(programs.resolve(LIBRARY)).isNotEmptyFile();
    }

    @Test
    void a_folder_that_another_version_marked_is_unpacked_again() throws Exception {
        Files.write(programs.resolve(MARK), new byte[0]);
        var left = Files.createFile(programs.resolve("left"));

        PostgresPrograms.in(shared);

        assertThat(left).doesNotExist();
        assertThat(programs.resolve(MARK)).isNotEmptyFile();
    }

    @Test
    void an_archive_that_ends_early_leaves_nothing() throws Exception {
        byte[] archive;
        try (var stream = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary("Linux", "x86_64")) {
            archive = stream.readAllBytes();
        }
        var half = Arrays.copyOf(archive, archive.length / 2);

        assertThatThrownBy(() -> PostgresPrograms.unpack(half, folder.resolve("PG")))
                .isInstanceOf(IOException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void what_an_interrupted_start_left_is_replaced() throws Exception {
        var name = programs.getFileName().toString();
        var lib = Files.createDirectories(folder.resolve(name + ".new/lib"));
        Files.createSymbolicLink(lib.resolve("libicui18n.so.60"), Path.of("libicui18n.so.60.2"));

        PostgresPrograms.in(folder);

        assertThat(folder).isDirectoryContaining("glob:**/" + name).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void a_place_that_cannot_be_written_to_is_one_line() throws Exception {
        var file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> PostgresPrograms.in(file.resolve("programs")))
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith("PostgreSQL's programs cannot be unpacked into " + file)
                .hasMessageContaining("Not a directory");
    }
}
