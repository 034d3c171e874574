package io.growalert.monitor.source.influx;

import io.growalert.definitions.Secret;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

record InfluxConfig(
        String url,
        @Nullable Secret token,
        @Nullable String username,
        @Nullable Secret password,
        @Nullable String database,
        @Nullable String retentionPolicy,
        @Nullable String org)
        implements SourceConfig {
    @Override
    public Optional<String> problemWith(@Nullable String language, String query) {
        return Language.named(language)
                .map(found -> found.problemWith(this, query))
                .orElseGet(() -> Optional.of("an influx source supports influxql and flux, not " + language));
    }

    @Override
    public boolean usesFrom(@Nullable String language, String query) {
        return Language.named(language).orElse(Language.INFLUXQL).parse(query).uses("from");
    }

    @Override
    public Source open() {
        return new InfluxSource(this);
    }
}
