package io.growalert.monitor.source.influx;

import io.growalert.monitor.source.QueryText;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A query language of InfluxDB. */
enum Language {
    INFLUXQL {
        private static final Pattern SELECT =
                Pattern.compile("\\s*+select\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
        private static final Pattern INTO = Pattern.compile("\\binto\\b", Pattern.CASE_INSENSITIVE);

        @Override
        Optional<String> problemWith(InfluxConfig config, String query) {
            var text = parse(query);
            if (config.database() == null) {
                return Optional.of("InfluxQL needs the database in the source's settings");
            }
            if (text.problem().isPresent()) {
                return text.problem();
            }
            // InfluxDB has no read-only request; give the source a user that may only read
            boolean reads = SELECT.matcher(text.code()).matches()
                    && !INTO.matcher(text.code()).find();
            return reads ? Optional.empty() : Optional.of("only a SELECT without INTO is allowed");
        }

        @Override
        QueryText parse(String query) {
            return QueryText.parse(query, QueryText.Syntax.INFLUXQL);
        }

        @Override
        String time(String instant) {
            return "'" + instant + "'";
        }
    },

    FLUX {
        @Override
        Optional<String> problemWith(InfluxConfig config, String query) {
            return config.org() == null
                    ? Optional.of("Flux needs the org in the source's settings")
                    : parse(query).problem();
        }

        @Override
        QueryText parse(String query) {
            return QueryText.parse(query, QueryText.Syntax.FLUX);
        }

        @Override
        String time(String instant) {
            return instant;
        }
    };

    /** @param name as in the monitor's definition; null is InfluxQL */
    static Optional<Language> named(@Nullable String name) {
        return switch (name) {
            case null -> Optional.of(INFLUXQL);
            case "influxql" -> Optional.of(INFLUXQL);
            case "flux" -> Optional.of(FLUX);
            default -> Optional.empty();
        };
    }

    abstract Optional<String> problemWith(InfluxConfig config, String query);

    abstract QueryText parse(String query);

    /** A literal of this instant in the form of RFC 3339. */
    abstract String time(String instant);
}
