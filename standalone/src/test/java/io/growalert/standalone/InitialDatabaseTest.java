package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitialDatabaseTest {
    @TempDir
    private static Path shared;

    private static PostgresPrograms programs;

    @TempDir
    private Path data;

    private Path postgres;

    @BeforeAll
    static void unpack() {
        programs = PostgresPrograms.in(shared);
    }

    @BeforeEach
    void name() {
        postgres = data.resolve("postgres");
    }

    @Test
    void a_new_folder_is_complete_and_drafts_are_gone() throws Exception {
        Files.createDirectories(data.resolve("postgres.new-killed/base/1"));

        InitialDatabase.createIfMissing(postgres, programs);

        assertThat(postgres.resolve("base/5/PG_VERSION")).exists();
        assertThat(names()).containsExactly("postgres");
    }

    @Test
    void a_link_may_lead_to_another_file_system() throws Exception {
        var elsewhere = Files.createTempDirectory(otherFileSystem(), "postgres");
        try {
            Files.createSymbolicLink(postgres, Files.createDirectory(elsewhere.resolve("folder")));

            InitialDatabase.createIfMissing(postgres, programs);

            assertThat(elsewhere.resolve("folder/base/5/PG_VERSION")).exists();
            assertThat(names()).containsExactly("postgres");
        } finally {
            Folders.delete(elsewhere);
        }
    }

    /** On Linux; the same one elsewhere. */
    private Path otherFileSystem() throws Exception {
        var store = Files.getFileStore(data);
        for (var candidate : List.of(Path.of("/dev/shm"), Path.of("target"))) {
            if (Files.isDirectory(candidate) && !Files.getFileStore(candidate).equals(store)) {
                return candidate.toAbsolutePath();
            }
        }
        return shared;
    }

    @Test
    void an_initialized_folder_stays() throws Exception {
        initialized("18");

        InitialDatabase.createIfMissing(postgres, programs);

        assertThat(postgres.resolve("base/5")).isEmptyDirectory();
        assertThat(names()).containsExactly("postgres");
    }

    /** Their databases have other ids. PostgreSQL itself refuses them. */
    @Test
    void so_does_one_of_a_version_before_15() throws Exception {
        initialized("14");
        Files.delete(postgres.resolve("base/5"));

        InitialDatabase.createIfMissing(postgres, programs);

        assertThat(postgres.resolve("PG_VERSION")).hasContent("14");
        assertThat(names()).containsExactly("postgres");
    }

    @Test
    void one_that_was_not_completed_is_put_aside_and_not_deleted() throws Exception {
        initialized("18");
        Files.delete(postgres.resolve("base/5"));
        Files.createFile(postgres.resolve("global-of-the-first"));

        InitialDatabase.createIfMissing(postgres, programs);

        assertThat(postgres.resolve("base/5/PG_VERSION")).exists();
        assertThat(data.resolve("postgres.incomplete/global-of-the-first")).exists();
        assertThat(names()).containsExactlyInAnyOrder("postgres", "postgres.incomplete");
    }

    @ParameterizedTest
    @CsvSource({"base/5, ''", "base/16384, 18"})
    void a_damaged_folder_with_databases_is_not_initialized_again(String database, String version) throws Exception {
        initialized(version);
        Files.delete(postgres.resolve("base/5"));
        Files.createDirectories(postgres.resolve(database));

        assertThatThrownBy(() -> InitialDatabase.createIfMissing(postgres, programs))
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith("PostgreSQL's folder %s has no valid PG_VERSION".formatted(postgres))
                .hasMessageEndingWith("restore the backup");
        assertThat(names()).containsExactly("postgres");
    }

    @Test
    void without_its_configuration_it_is_not_initialized_again() throws Exception {
        initialized("18");
        Files.delete(postgres.resolve("postgresql.conf"));

        assertThatThrownBy(() -> InitialDatabase.createIfMissing(postgres, programs))
                .isInstanceOf(CannotRun.class)
                .hasMessage("PostgreSQL's folder %s has no postgresql.conf: restore the backup".formatted(postgres));
    }

    @Test
    void initdbs_error_is_in_the_line_and_nothing_is_left() {
        var none = new PostgresPrograms(data.resolve("programs"));

        assertThatThrownBy(() -> InitialDatabase.createIfMissing(postgres, none))
                .isInstanceOf(CannotRun.class)
                .hasMessageContainingAll(postgres.toString(), "initdb")
                .hasMessageNotContaining("\n");
        assertThat(data).isEmptyDirectory();
    }

    private void initialized(String version) throws Exception {
        Files.createDirectories(postgres.resolve("base/5"));
        Files.writeString(postgres.resolve("PG_VERSION"), version + "\n");
        Files.createFile(postgres.resolve("postgresql.conf"));
    }

    private Stream<String> names() throws Exception {
        try (var files = Files.list(data)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }
}
