package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.ShellCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/** A clock on the wall that is wrong for those processes that have its environment; on Linux, compiled with {@code cc}. */
final class FakeClock {
    private static final Path SOURCE = Path.of("tools/benchmarks/src/main/c/clock.c");

    private final Path library;
    private final Path file;

    private FakeClock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /**
     * One that is right for now.
     *
     * @throws IllegalStateException when it cannot be compiled
     */
    static FakeClock make(Path folder) throws IOException, InterruptedException {
        var clock = new FakeClock(folder.resolve("clock.so"), folder.resolve("clock"));
        try {
            ShellCommand.output("cc", "-O2", "-shared", "-fPIC", "-o", clock.library.toString(), SOURCE.toString());
        } catch (IOException e) {
            throw new IllegalStateException("a C compiler is needed to set a clock: apt-get install gcc libc6-dev", e);
        }
        clock.set(Duration.ZERO);
        return clock;
    }

    /** Monotonic time stays right, as on a machine whose clock is set. */
    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "CLOCK_FILE", file.toString());
    }

    /** It is ahead by this much from now on. */
    void set(Duration ahead) throws IOException {
        var seconds = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        seconds.putLong(ahead.toSeconds()).flip();
        // in place, since the processes have mapped it
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(seconds, 0);
        }
    }
}
