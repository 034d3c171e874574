package io.growalert.standalone.room;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The table {@code readings}. It retains a week. */
public final class PostgresReadings implements ReadingStore {
    private static final String OURS = "GrowAlert's room example";

    /** The containers' {@code docker/replay.sh} creates the same. */
    static final String TABLE = """
            CREATE TABLE IF NOT EXISTS readings (
              time          timestamptz NOT NULL,
              room          text NOT NULL,
              temperature_c double precision NOT NULL,
              humidity_pct  double precision NOT NULL,
              light_lux     double precision NOT NULL,
              co2_ppm       double precision NOT NULL,
              PRIMARY KEY (time, room))
            """;

    private static final String OWNER =
            "SELECT to_regclass('readings') IS NULL, obj_description(to_regclass('readings'))";

    private static final String INSERT = """
            INSERT INTO readings (time, room, temperature_c, humidity_pct, light_lux, co2_ppm)
            VALUES (?, 'office', ?, ?, ?, ?)
            """;

    private final Connector database;
    private @Nullable Connection connection;

    PostgresReadings(Connector database) {
        this.database = database;
    }

    /** Opens a connection to the database that stores the readings. */
    @FunctionalInterface
    public interface Connector {
        Connection connect() throws SQLException;
    }

    /** @throws RoomUnavailable when another application's table has the name */
    @Override
    public void prepare() throws SQLException {
        try (var statement = connected().createStatement()) {
            try (var owner = statement.executeQuery(OWNER)) {
                owner.next();
                if (!owner.getBoolean(1) && !OURS.equals(owner.getString(2))) {
                    throw new RoomUnavailable(
                            "the database has a table 'readings' that is not the room example's: "
                                    + "give your own definitions with --config, or another database with --postgres",
                            null);
                }
            }
            statement.execute(TABLE);
            statement.execute("COMMENT ON TABLE readings IS '%s'".formatted(OURS.replace("'", "''")));
            statement.execute("DELETE FROM readings WHERE time < now() - interval '7 days'");
        }
    }

    @Override
    public void write(RoomReading reading) throws SQLException {
        try (var insert = connected().prepareStatement(INSERT)) {
            insert.setObject(1, reading.time().atOffset(ZoneOffset.UTC));
            insert.setDouble(2, reading.temperature());
            insert.setDouble(3, reading.humidity());
            insert.setDouble(4, reading.light());
            insert.setDouble(5, reading.co2());
            insert.executeUpdate();
        } catch (SQLException e) {
            close();
            throw e;
        }
    }

    private Connection connected() throws SQLException {
        var current = connection;
        if (current == null || current.isClosed()) {
            current = database.connect();
            connection = current;
        }
        return current;
    }

    @Override
    public void close() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // closed either way
        }
        connection = null;
    }
}
