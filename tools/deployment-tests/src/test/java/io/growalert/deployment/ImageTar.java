package io.growalert.deployment;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image as {@code docker load} reads it.
 *
 * @param config its configuration, in Docker's form
 * @param layers the compressed layers, the lowest first
 */
record ImageTar(JsonNode config, List<byte[]> layers) {
    private static final JsonMapper JSON = new JsonMapper();

    static ImageTar read(Path tar) {
        try (var archive = new TarArchiveInputStream(Files.newInputStream(tar))) {
            var files = new HashMap<String, byte[]>();
            for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                files.put(entry.getName(), archive.readAllBytes());
            }
            var manifest = JSON.readTree(files.get("manifest.json")).get(0);
            var layers = manifest.get("Layers")
                    .valueStream()
                    .map(name -> Objects.requireNonNull(files.get(name.asString())))
                    .toList();
            return new ImageTar(JSON.readTree(files.get(manifest.get("Config").asString())), layers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<TarArchiveEntry> entries(byte[] layer) {
        try (var archive = open(layer)) {
            var entries = new ArrayList<TarArchiveEntry>();
            for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                entries.add(entry);
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> environment() {
        var variables = new HashMap<String, String>();
        config.at("/config/Env").forEach(variable -> {
            var parts = variable.asString().split("=", 2);
            variables.put(parts[0], parts[1]);
        });
        return variables;
    }

    List<String> entrypoint() {
        return config.at("/config/Entrypoint")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    /** The files of all layers, with their permissions. */
    void unpack(Path folder) {
        for (var layer : layers) {
            try (var archive = open(layer)) {
                for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                    unpack(entry, archive, folder.resolve(entry.getName()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path file) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(file);
        } else {
            Files.copy(content, file);
        }
        var letters = new StringBuilder("rwxrwxrwx");
        for (int bit = 0; bit < letters.length(); bit++) {
            if ((entry.getMode() >> (8 - bit) & 1) == 0) {
                letters.setCharAt(bit, '-');
            }
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(letters.toString()));
    }

    private static TarArchiveInputStream open(byte[] layer) throws IOException {
        return new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(layer)));
    }
}
