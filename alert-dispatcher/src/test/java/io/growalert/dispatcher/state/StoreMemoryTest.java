package io.growalert.dispatcher.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.runtime.kafka.KafkaConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class StoreMemoryTest {
    @TempDir
    Path data;

    @Test
    void every_store_has_small_write_buffers_and_all_of_them_one_cache() throws Exception {
        RocksDB.loadLibrary();
        try (var one = new Options();
                var other = new Options()) {
            assertThat(cache(one)).isNotNull().isSameAs(cache(other));
            assertThat(one.writeBufferSize() * one.maxWriteBufferNumber()).isEqualTo(2 << 20);
        }
    }

    private @Nullable Cache cache(Options options) throws Exception {
        var given = new AtomicReference<@Nullable Cache>();
        options.setTableFormatConfig(new BlockBasedTableConfig() {
            @Override
            public BlockBasedTableConfig setBlockCache(Cache cache) {
                given.set(cache);
                return super.setBlockCache(cache);
            }
        });
        var settings = StreamsSettings.of(new StateSettings(
                KafkaConnection.at("127.0.0.1:1"),
                data,
                "one",
                1,
                Duration.ofSeconds(6),
                Duration.ofSeconds(3),
                Duration.ZERO));
        var setter = (Class<?>) Objects.requireNonNull(settings.get(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG));
        ((StoreMemory) setter.getConstructor().newInstance()).setConfig("store", options, Map.of());
        return given.get();
    }
}
