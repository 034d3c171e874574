package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiverRatesTest {
    @TempDir
    Path folder;

    private long now;

    private final TimeMeter time = new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return now;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    };

    @Test
    void attempts_are_permitted_at_the_rate_and_a_changed_rate_counts_at_once() {
        try (var bench = new NotifierBench(folder, "ops: {fake: {}, rate: 30/1m}", "free: {fake: {}}")) {
            var rates = new ReceiverRates(time);
            var ops = bench.receivers.find("ops").orElseThrow().receiver();
            assertThat(rates.permits(ops, 4)).isEqualTo(4);
            for (int i = 0; i < 29; i++) {
                rates.spend("ops");
            }
            assertThat(rates.permits(ops, 4)).isOne();
            rates.spend("ops");
            assertThat(rates.permits(ops, 4)).isZero();

            now += Duration.ofSeconds(4).toNanos();

            assertThat(rates.permits(ops, 4)).isEqualTo(2);
            assertThat(rates.permits(bench.receivers.find("free").orElseThrow().receiver(), 4))
                    .isEqualTo(4);
            bench.define("ops: {fake: {}, rate: 3/1m}");
            assertThat(rates.permits(bench.receivers.find("ops").orElseThrow().receiver(), 4))
                    .isEqualTo(3);
        }
    }

    @Test
    void deliveries_beyond_the_rate_wait_and_are_not_attempted() {
        try (var bench = new NotifierBench(folder, "ops: {fake: {}, rate: 3/1d}", "free: {fake: {}}")) {
            bench.scripts.put("ops", _ -> new Outcome.Delivered("ok"));
            bench.scripts.put("free", _ -> new Outcome.Delivered("ok"));
            for (int i = 0; i < 10; i++) {
                bench.accept(AlertEvents.of("room-co2", "ops", "free")
                        .withSeries(Map.of("room", "r" + i))
                        .firing(0));
            }

            try (var _ = bench.running("one")) {
                Awaitility.await().until(() -> bench.count("delivered") == 13);
            }

            assertThat(bench.jdbc
                            .sql(
                                    "select count(*) from dispatcher.deliveries where state = 'pending' and attempts = 0 and receiver = 'ops'")
                            .query(Long.class)
                            .single())
                    .isEqualTo(7);
        }
    }
}
