package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakTest {
    private static final int ALERTS = 60;

    @TempDir
    Path folder;

    private final Random random = new Random(20261124);
    private final List<Notification> notified = new CopyOnWriteArrayList<>();

    @Test
    void random_failures_lose_nothing_and_keep_the_order() {
        try (var bench =
                new NotifierBench(folder, "ops: {fake: {}, concurrency: 8}", "grower: {fake: {}, concurrency: 2}")) {
            bench.scripts.put("ops", this::answer);
            bench.scripts.put("grower", this::answer);
            for (int i = 0; i < ALERTS; i++) {
                var events = AlertEvents.of("room-co2", "ops", "grower").withSeries(Map.of("room", "r" + i));
                bench.accept(events.firing(0), events.resolved(0));
                bench.accept(events.firing(1), events.reminder(1, 1));
            }
            bench.database.refuseWhen(() -> chance(10));

            try (var _ = bench.running("one");
                    var _ = bench.running("other")) {
                await().atMost(60, SECONDS).ignoreExceptions().until(() -> bench.count("delivered") == ALERTS * 4 * 2);
                bench.database.refuseWhen(() -> false);
            }

            var perAlertAndReceiver = notified.stream()
                    .collect(Collectors.groupingBy(
                            notification -> notification.event().alert() + notification.receiver(),
                            Collectors.mapping(
                                    notification -> notification.event().type(), Collectors.toList())));
            assertThat(perAlertAndReceiver).hasSize(ALERTS * 2).allSatisfy((key, types) -> assertThat(types)
                    .containsExactly(
                            AlertEvent.Type.FIRING,
                            AlertEvent.Type.RESOLVED,
                            AlertEvent.Type.FIRING,
                            AlertEvent.Type.REMINDER));
        }
    }

    private Outcome answer(Notification notification) {
        if (chance(20)) {
            return new Outcome.Retry("busy");
        }
        if (chance(5)) {
            throw new IllegalStateException("internal error");
        }
        notified.add(notification);
        return new Outcome.Delivered("ok");
    }

    private synchronized boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}
