package io.growalert.sandbox.object;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.sandbox.http.JsonNodes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Persists the state across restarts and SIGKILL: a file of JSON lines, each an array of the objects that one request changed, so
 * that a request is stored as a whole or not at all. Written through to the operating system, not forced to the disk: a power cut may lose the
 * last lines. A last line that was torn is left out; the file is written anew, without what was overwritten, at each start.
 */
public final class StoreJournal implements AutoCloseable {
    private final FileChannel file;
    private final FileChannel lock;

    private StoreJournal(FileChannel file, FileChannel lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * @param objects in their last stored state, in the order in which they were first stored
     */
    public record Opened(StoreJournal journal, List<ObjectNode> objects) {}

    /**
     * @throws UncheckedIOException when the file cannot be read or written
     * @throws IllegalStateException when another sandbox has it open, or a line other than the last is no JSON
     */
    public static Opened open(Path path) {
        try {
            var absolute = path.toAbsolutePath();
            Files.createDirectories(absolute.getParent());
            var lock = locked(absolute);
            try {
                var objects = read(absolute);
                var compacted = absolute.resolveSibling(absolute.getFileName() + ".new");
                write(compacted, objects);
                Files.move(compacted, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                var file = FileChannel.open(absolute, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
                return new Opened(new StoreJournal(file, lock), List.copyOf(objects));
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stores these objects in their present state, all or none. After {@link #close} it stores nothing. */
    public synchronized void append(List<ObjectNode> objects) {
        if (!file.isOpen()) {
            return;
        }
        try {
            writeFully(file, line(objects));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of its own, since the journal itself is replaced. */
    private static FileChannel locked(Path path) throws IOException {
        var channel = FileChannel.open(
                path.resolveSibling(path.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // this JVM has it open: reported below
        }
        channel.close();
        throw new IllegalStateException("another sandbox uses the journal " + path);
    }

    private static Collection<ObjectNode> read(Path path) throws IOException {
        var objects = new LinkedHashMap<String, ObjectNode>();
        if (!Files.exists(path)) {
            return objects.values();
        }
        // unlike Files.newBufferedReader this one reads on past a character that was torn
        try (var reader = new BufferedReader(new InputStreamReader(Files.newInputStream(path), UTF_8))) {
            int number = 0;
            for (var line = reader.readLine(); line != null; ) {
                number++;
                var next = reader.readLine();
                try {
                    JsonNodes.objects(JsonNodes.MAPPER.readTree(line))
                            .forEach(object -> objects.put(JsonNodes.id(object), object));
                } catch (JacksonException e) {
                    if (next != null) {
                        throw new IllegalStateException(
                                "line %d of the journal %s is no JSON".formatted(number, path), e);
                    }
                }
                line = next;
            }
        }
        return objects.values();
    }

    private static void write(Path path, Collection<ObjectNode> objects) throws IOException {
        try (var out = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (var object : objects) {
                writeFully(out, line(List.of(object)));
            }
        }
    }

    private static byte[] line(List<ObjectNode> objects) {
        return (JsonNodes.MAPPER.createArrayNode().addAll(objects) + "\n").getBytes(UTF_8);
    }

    private static void writeFully(FileChannel channel, byte[] line) throws IOException {
        var buffer = ByteBuffer.wrap(line);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
