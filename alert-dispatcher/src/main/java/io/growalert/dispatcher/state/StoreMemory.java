package io.growalert.dispatcher.state;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/**
 * Bounds the off-heap memory of the alert state's stores, two for each partition: by default each uses up to 48 MB of write
 * buffers and 50 MB of cache, here 2 MB each, and 8 MB of cache for all.
 */
public final class StoreMemory implements RocksDBConfigSetter {
    private static final long WRITE_BUFFER_BYTES = 1L << 20;
    private static final int WRITE_BUFFERS = 2;
    private static final long CACHE_BYTES = 8L << 20;

    private static final class Shared {
        static final Cache CACHE = new LRUCache(CACHE_BYTES);
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(WRITE_BUFFERS);
        if (options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
            options.setTableFormatConfig(table.setBlockCache(Shared.CACHE).setCacheIndexAndFilterBlocks(true));
        }
    }

    /** The cache stays open: it is shared with the stores that are opened later. */
    @Override
    public void close(String storeName, Options options) {}
}
