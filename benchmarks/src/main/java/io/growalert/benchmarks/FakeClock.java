package io.growalert.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A clock on the wall that is wrong for those processes that have its environment, by libfaketime. */
final class FakeClock {
    private final Path library;
    private final Path file;

    private FakeClock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /** One that is right for now. Empty when the library is not installed. */
    static Optional<FakeClock> make(Path folder) throws IOException {
        try (var found =
                Files.find(Path.of("/usr/lib"), 4, (path, _) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
            var library = found.findFirst();
            if (library.isEmpty()) {
                return Optional.empty();
            }
            var clock = new FakeClock(library.get(), folder.resolve("clock"));
            clock.set(Duration.ZERO);
            return Optional.of(clock);
        }
    }

    /** Monotonic time stays right, as on a machine whose clock is set. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
    }

    /** It is ahead by this much from now on. */
    void set(Duration ahead) throws IOException {
        var next = file.resolveSibling("clock.next");
        Files.writeString(next, "+" + ahead.toSeconds());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
