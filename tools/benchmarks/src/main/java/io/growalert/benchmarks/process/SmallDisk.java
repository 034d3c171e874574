package io.growalert.benchmarks.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A small file system in memory, which can be filled up; only the superuser can make one. */
public final class SmallDisk implements AutoCloseable {
    private static final int PIECE = 64 << 10;

    private final Path folder;
    private final Thread shutdownHook = new Thread(this::unmount);

    private SmallDisk(Path folder) {
        this.folder = folder;
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    /** Mounts it at this folder; empty when that is not allowed. */
    public static Optional<SmallDisk> mount(Path folder, int mebibytes) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try {
            ShellCommand.output(
                    "mount", "-t", "tmpfs", "-o", "size=%dm".formatted(mebibytes), "tmpfs", folder.toString());
            return Optional.of(new SmallDisk(folder));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Leaves no byte free. */
    public void fill() throws IOException {
        try (var channel = FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int size = PIECE; size > 0; size /= 2) {
                fill(channel, size);
            }
        }
    }

    private static void fill(FileChannel channel, int size) {
        try {
            while (true) {
                channel.write(ByteBuffer.allocate(size));
            }
        } catch (IOException e) {
            // full
        }
    }

    public void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    private void unmount() {
        try {
            ShellCommand.output("umount", "--lazy", folder.toString());
        } catch (IOException e) {
            System.err.println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
            unmount();
        } catch (IllegalStateException e) {
            // this process is ending itself
        }
    }
}
