package io.growalert.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {
    @TempDir
    private Path folder;

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void a_file_and_the_folders_that_are_missing_are_for_their_owner_only_and_others_stay_as_they_are()
            throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        var keys = folder.resolve("growalert-data/keys");
        var file = keys.resolve("secret");

        PrivateFile.write(file, "secret");

        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(permissions(keys)).isEqualTo("rwx------");
        assertThat(permissions(folder.resolve("growalert-data"))).isEqualTo("rwx------");
        assertThat(permissions(folder)).isEqualTo("rwxr-xr-x");
    }
}
