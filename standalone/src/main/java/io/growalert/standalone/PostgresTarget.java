package io.growalert.standalone;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A database and the user's credentials.
 *
 * @param url JDBC's, without user and password
 */
record PostgresTarget(String url, String username, String password) {
    private static final String JDBC = "jdbc:";

    /**
     * Parses the argument of {@code --postgres}: {@code jdbc:postgresql://HOST:PORT/DATABASE?user=USER}, with or without
     * {@code jdbc:}. The password comes from PGPASSWORD alone, because anyone on the machine can read a command line; the
     * user, when it is left out, from PGUSER.
     *
     * @throws CannotRun when it is not such a URL, or has a password
     */
    static PostgresTarget parse(String text, Map<String, String> environment) {
        var plain = text.startsWith(JDBC) ? text.substring(JDBC.length()) : text;
        try {
            var uri = URI.create(plain);
            if (!"postgresql".equals(uri.getScheme())
                    || uri.getRawAuthority() == null
                    || uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException("not of this form");
            }
            var options = options(uri);
            if (options.containsKey("password")) {
                throw new CannotRun("--postgres takes no password: leave it out of the URL and set PGPASSWORD");
            }
            var url = JDBC + plain.replaceFirst("\\?.*$", "");
            var rest = options.entrySet().stream()
                    .filter(option -> !option.getKey().equals("user"))
                    .map(option -> option.getKey() + "=" + option.getValue())
                    .collect(Collectors.joining("&"));
            return new PostgresTarget(
                    rest.isEmpty() ? url : url + "?" + rest,
                    given(options, "user").orElseGet(() -> environment.getOrDefault("PGUSER", "postgres")),
                    environment.getOrDefault("PGPASSWORD", ""));
        } catch (IllegalArgumentException e) {
            throw new CannotRun(
                    "--postgres must be a URL such as jdbc:postgresql://HOST:5432/DATABASE?user=USER; the password comes "
                            + "from PGPASSWORD",
                    e);
        }
    }

    private static Map<String, String> options(URI uri) {
        var options = new LinkedHashMap<String, String>();
        if (uri.getRawQuery() != null) {
            for (var option : uri.getRawQuery().split("&", -1)) {
                var parts = option.split("=", 2);
                if (options.put(parts[0], parts.length == 2 ? parts[1] : "") != null) {
                    throw new CannotRun("--postgres has %s twice: leave one out of the URL".formatted(parts[0]));
                }
            }
        }
        return options;
    }

    private static Optional<String> given(Map<String, String> options, String name) {
        return Optional.ofNullable(options.get(name)).map(text -> URLDecoder.decode(text, StandardCharsets.UTF_8));
    }

    /** Gives up after 5 s. */
    Connection connect() throws SQLException {
        var login = new Properties();
        login.setProperty("user", username);
        login.setProperty("password", password);
        login.setProperty("loginTimeout", "5");
        login.setProperty("connectTimeout", "5");
        return DriverManager.getConnection(url, login);
    }

    /** Host, port and database. */
    String address() {
        return url.substring("jdbc:postgresql://".length()).replaceFirst("\\?.*$", "");
    }

    /** @throws CannotRun when it cannot be reached */
    void requireReachable() {
        try (var _ = connect()) {
            // reachable
        } catch (SQLException e) {
            throw new CannotRun("the PostgreSQL at %s cannot be used: %s".formatted(address(), e.getMessage()), e);
        }
    }

    @Override
    public String toString() {
        return username + "@" + address();
    }
}
