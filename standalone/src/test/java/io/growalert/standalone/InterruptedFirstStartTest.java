package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A first start that SIGKILL, or a full disk, ended while PostgreSQL was unpacked or initialized. */
class InterruptedFirstStartTest {
    @TempDir
    private Path folder;

    @Test
    void the_next_start_begins_again_where_the_first_one_was_interrupted() throws Exception {
        var data = folder.resolve("data");
        var programs = unpackedInPart(data.resolve("postgres-programs"));
        initializedInPart(data.resolve("postgres"));
        var definitions = Files.writeString(folder.resolve("farm.yaml"), "receivers: {ops: {log: {}}}\nmonitors: []\n");

        try (var growalert = ForkedGrowAlert.up(
                data,
                folder.resolve("tmp"),
                Map.of(),
                ForkedGrowAlert.freeHttp(),
                "--config",
                definitions.toString(),
                "--no-billing",
                "--no-history")) {
            growalert.awaitOutput("Ready after");
        }
        assertThat(programs.resolve("lib/libxml2.so.2")).isNotEmptyFile();
        assertThat(data.resolve("postgres/base/5")).isNotEmptyDirectory();
    }

    /** As a full disk left it: the links are there, a library is empty, and the mark that all is unpacked too. */
    private static Path unpackedInPart(Path parent) throws Exception {
        byte[] archive;
        try (var stream = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary("Linux", "x86_64")) {
            archive = stream.readAllBytes();
        }
        var digest = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(archive));
        var programs = parent.resolve("PG-" + digest);
        var lib = Files.createDirectories(programs.resolve("lib"));
        Files.createFile(lib.resolve("libxml2.so.2"));
        Files.createSymbolicLink(lib.resolve("libicui18n.so.60"), Path.of("libicui18n.so.60.2"));
        Files.createFile(programs.resolve(".exists"));
        return programs;
    }

    /** As initdb leaves it when it is killed before it creates the database {@code postgres}. */
    private static void initializedInPart(Path postgres) throws Exception {
        for (var name : List.of("base/1", "global", "pg_wal", "pg_xact")) {
            Files.createDirectories(postgres.resolve(name));
        }
        Files.writeString(postgres.resolve("PG_VERSION"), "18\n");
        Files.writeString(postgres.resolve("postgresql.conf"), "");
    }
}
