package io.growalert.standalone.room;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** What the sensor of the room example measured at one moment: degrees Celsius, percent, lux, parts per million. */
record RoomReading(Instant time, double temperature, double humidity, double light, double co2) {
    static final Instant FROM = Instant.parse("2015-02-02T14:39:30Z");

    /** The recording from 14:40 on, one reading a minute. */
    static List<RoomReading> recorded() {
        try (var file = RoomReading.class.getResourceAsStream("/room/room-2015-02-02.csv");
                var lines = new BufferedReader(
                        new InputStreamReader(Objects.requireNonNull(file), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .skip(1)
                    .map(RoomReading::parse)
                    .filter(reading -> reading.time.isAfter(FROM))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RoomReading parse(String line) {
        var cells = line.split(",", -1);
        return new RoomReading(
                Instant.parse(cells[0]), number(cells[1]), number(cells[2]), number(cells[3]), number(cells[4]));
    }

    private static double number(String cell) {
        return Double.parseDouble(cell);
    }

    RoomReading at(Instant moment) {
        return new RoomReading(moment, temperature, humidity, light, co2);
    }
}
