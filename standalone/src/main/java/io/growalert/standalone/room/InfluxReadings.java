package io.growalert.standalone.room;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** The measurement {@code readings} of the database {@code growalert}, by the line protocol that InfluxDB 1, 2 and 3 accept. */
final class InfluxReadings implements ReadingStore {
    private static final String DATABASE = "growalert";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();
    private final String url;
    private final String token;

    InfluxReadings(String url, String token) {
        this.url = url.replaceFirst("/+$", "");
        this.token = token;
    }

    /** Only InfluxDB 1 needs, and has, this statement; a missing database shows at the first write. */
    @Override
    public void prepare() throws IOException, InterruptedException {
        var statement = "q=" + URLEncoder.encode("CREATE DATABASE " + DATABASE, StandardCharsets.UTF_8);
        send(request("/query")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(statement)));
    }

    @Override
    public void write(RoomReading reading) throws IOException, InterruptedException {
        var line = String.format(
                Locale.ROOT,
                "readings,room=office temperature_c=%s,humidity_pct=%s,light_lux=%s,co2_ppm=%s %d",
                reading.temperature(),
                reading.humidity(),
                reading.light(),
                reading.co2(),
                reading.time().toEpochMilli());
        int status = send(request("/write?precision=ms&db=" + DATABASE).POST(BodyPublishers.ofString(line)));
        if (status / 100 != 2) {
            throw new IOException("InfluxDB answered %d to a reading".formatted(status));
        }
    }

    private int send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(url + path)).timeout(LIMIT);
        return token.isEmpty() ? request : request.header("Authorization", "Token " + token);
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
