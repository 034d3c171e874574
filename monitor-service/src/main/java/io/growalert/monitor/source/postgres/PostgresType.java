package io.growalert.monitor.source.postgres;

import io.growalert.definitions.Section;
import io.growalert.monitor.source.SourceConfig;
import io.growalert.monitor.source.SourceType;
import java.util.Optional;

/**
 * The key {@code postgres}: {@code url}, {@code username}, {@code password} or {@code password-file}, and {@code pool},
 * the size of the connection pool (1 to 50, default 4).
 */
public final class PostgresType implements SourceType {
    static final int DEFAULT_POOL = 8;
    private static final int MAX_POOL = 50;

    @Override
    public String key() {
        return "postgres";
    }

    @Override
    public Optional<? extends SourceConfig> read(Section settings) {
        var url = settings.requiredText("url")
                .flatMap(text -> PostgresUrl.parse(text, problem -> settings.problem("url", problem)));
        var username = settings.text("username");
        var password = settings.secret("password");
        int pool = settings.integer("pool", 1, MAX_POOL).orElse(DEFAULT_POOL);
        settings.finish();
        return url.map(found -> new PostgresConfig(
                found.jdbc(), username.orElse(found.username()), password.orElse(found.password()), pool));
    }
}
