package io.growalert.monitor.source.influx;

import java.io.IOException;
import okhttp3.ResponseBody;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The message of an InfluxDB error: {@code error} in version 1, {@code message} in 2 and 3, or plain text. */
final class ErrorBody {
    private static final int MAX_LENGTH = 500;
    private static final JsonMapper JSON = new JsonMapper();

    private ErrorBody() {}

    static String message(ResponseBody body) throws IOException {
        var text = body.string().strip();
        try {
            var json = JSON.readTree(text);
            for (var key : new String[] {"error", "message"}) {
                if (json.path(key).isString()) {
                    return line(json.path(key).asString());
                }
            }
        } catch (JacksonException e) {
            return line(text);
        }
        return line(text);
    }

    private static String line(String text) {
        var line = text.replaceAll("\\s*\\R\\s*", "; ");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }
}
