package io.growalert.monitor.source.postgres;

import io.growalert.definitions.Secret;
import io.growalert.monitor.source.QueryText;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * @param url JDBC's, without credentials
 * @param pool the maximum number of connections
 */
record PostgresConfig(
        String url, @Nullable String username, @Nullable Secret password, int pool) implements SourceConfig {
    @Override
    public Optional<String> problemWith(@Nullable String language, String query) {
        if (language != null && !language.equals("sql")) {
            return Optional.of("a postgres source supports sql, not " + language);
        }
        var text = QueryText.parse(query, QueryText.Syntax.SQL);
        return text.problem().or(() -> ReadOnly.problemWith(text));
    }

    @Override
    public boolean usesFrom(@Nullable String language, String query) {
        return QueryText.parse(query, QueryText.Syntax.SQL).uses("from");
    }

    @Override
    public int connections() {
        return pool;
    }

    @Override
    public Source open() {
        return new PostgresSource(this);
    }
}
