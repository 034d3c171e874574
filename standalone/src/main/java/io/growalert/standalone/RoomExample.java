package io.growalert.standalone;

import io.growalert.runtime.loop.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What runs when no definitions are given: a recorded room, and monitors that watch it. */
final class RoomExample {
    private static final String INFLUX_URL = "INFLUX_URL";

    private final Map<String, String> environment;

    RoomExample(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * Writes the definitions to a file that anyone can read and copy, and answers its name.
     *
     * @param database where the readings are
     */
    Path definitions(Path folder, PostgresTarget database) {
        var name = usesInflux() ? "room-influx.yaml" : "room.yaml";
        try (var resource = RoomExample.class.getResourceAsStream("/room/" + name)) {
            var text = new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${ROOM_POSTGRES_URL}", database.url())
                    .replace("${ROOM_POSTGRES_USER:postgres}", database.username());
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts writing readings. */
    RoomReplay replay(PostgresTarget database) {
        var stores = new ArrayList<ReadingStore>(List.of(new PostgresReadings(database)));
        if (usesInflux()) {
            stores.add(new InfluxReadings(
                    environment.getOrDefault(INFLUX_URL, ""), environment.getOrDefault("INFLUX_TOKEN", "")));
        }
        var replay = new RoomReplay(stores, InstantSource.system(), new Progress("room-replay"));
        replay.start();
        return replay;
    }

    private boolean usesInflux() {
        return !environment.getOrDefault(INFLUX_URL, "").isBlank();
    }
}
