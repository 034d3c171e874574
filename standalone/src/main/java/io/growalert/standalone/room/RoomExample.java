package io.growalert.standalone.room;

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
public final class RoomExample {
    private static final String INFLUX_URL = "INFLUX_URL";

    private final Map<String, String> environment;

    public RoomExample(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * Writes the definitions to a file that anyone can read and copy, and returns its path.
     *
     * @param url of the database that has the readings, for JDBC
     */
    public Path definitions(Path folder, String url, String username) {
        var name = usesInflux() ? "room-influx.yaml" : "room.yaml";
        try (var resource = RoomExample.class.getResourceAsStream("/room/" + name)) {
            var text = new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${ROOM_POSTGRES_URL}", url)
                    .replace("${ROOM_POSTGRES_USER:postgres}", username);
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts to write readings.
     *
     * @throws RoomUnavailable when they cannot be stored
     */
    public RoomReplay replay(PostgresReadings.Connector database) {
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
