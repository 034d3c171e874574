package io.growalert.monitor.source.postgres;

import io.growalert.definitions.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a database, in JDBC's form ({@code jdbc:postgresql://host:port/database}) or in that of other clients
 * ({@code postgres://user:password@host:port/database}, which may carry the credentials).
 */
record PostgresUrl(
        String jdbc, @Nullable String username, @Nullable Secret password) {
    private static final String JDBC = "jdbc:postgresql:";
    private static final String EXPECTED =
            "expected jdbc:postgresql://HOST:PORT/DATABASE or postgres://HOST:PORT/DATABASE";
    private static final Pattern CREDENTIALS = Pattern.compile("[?&](?:user|password)=");

    static Optional<PostgresUrl> parse(String text, Consumer<String> onProblem) {
        var url = text.startsWith(JDBC) ? Optional.of(new PostgresUrl(text, null, null)) : fromUri(text);
        if (url.isEmpty() || !known(url.get().jdbc)) {
            onProblem.accept(EXPECTED);
            return Optional.empty();
        }
        if (CREDENTIALS.matcher(url.get().jdbc).find()) {
            onProblem.accept("give the credentials as username and password or password-file, not as parameters here");
            return Optional.empty();
        }
        return url;
    }

    private static boolean known(String jdbc) {
        try {
            DriverManager.getDriver(jdbc);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static Optional<PostgresUrl> fromUri(String text) {
        try {
            var uri = new URI(text);
            boolean known = "postgres".equals(uri.getScheme()) || "postgresql".equals(uri.getScheme());
            if (!known || uri.getHost() == null) {
                return Optional.empty();
            }
            var credentials = uri.getRawUserInfo() == null
                    ? new String[0]
                    : uri.getRawUserInfo().split(":", 2);
            return Optional.of(new PostgresUrl(
                    JDBC + "//" + uri.getRawAuthority().replaceFirst("^[^@]*@", "") + path(uri),
                    credentials.length > 0 ? decoded(credentials[0]) : null,
                    credentials.length > 1 ? new Secret(decoded(credentials[1])) : null));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String path(URI uri) {
        var path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
