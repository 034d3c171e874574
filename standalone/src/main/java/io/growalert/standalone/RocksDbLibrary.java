package io.growalert.standalone;

import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;

/** RocksDB's native library, 14 MB that it unpacks from its jar at its first use. */
final class RocksDbLibrary {
    private RocksDbLibrary() {}

    /**
     * Unpacks it into this folder and loads it. RocksDB would unpack it under a new name into the JVM's temporary folder,
     * and leave it behind when the process is killed.
     */
    static void loadFrom(Path folder) {
        try {
            NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
        } catch (IOException e) {
            throw new CannotRun("RocksDB's library cannot be unpacked to %s: %s".formatted(folder, e.getMessage()), e);
        }
    }
}
