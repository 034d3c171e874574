package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.handler.Wording;
import io.growalert.events.Json;
import java.net.URLEncoder;

/** How the values of variables are written into a text, so that none can leave its place in it. */
public enum Escaping {
    NONE {
        @Override
        String escape(String value) {
            return value;
        }
    },
    /** One line: control characters become spaces. */
    HEADER {
        @Override
        String escape(String value) {
            return Wording.plain(value);
        }
    },
    /** Percent-encoded, for a URL or a form. */
    URL {
        @Override
        String escape(String value) {
            return URLEncoder.encode(value, UTF_8).replace("+", "%20");
        }
    },
    /** For a JSON string. */
    JSON {
        @Override
        String escape(String value) {
            var quoted = new String(Json.write(value), UTF_8);
            return quoted.substring(1, quoted.length() - 1);
        }
    },
    /** For a JSON string whose text has the control characters {@code &}, {@code <} and {@code >}, as Slack's. */
    JSON_ENTITIES {
        @Override
        String escape(String value) {
            return JSON.escape(value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
        }
    };

    abstract String escape(String value);

    boolean isJson() {
        return this == JSON || this == JSON_ENTITIES;
    }
}
