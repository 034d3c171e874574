package io.growalert.benchmarks.alerting;

import io.growalert.definitions.Section;
import io.growalert.evaluation.threshold.Row;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceConfig;
import io.growalert.monitor.source.SourceType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A source inside the process, so that what is measured is everything but the source. A query is the number of series it
 * answers with; a value is 1 when all is well. With {@code flip}, a value is 2 in every other period of slot time, by a
 * phase of its own for each monitor; the query is then {@code NUMBER PHASE [PERIOD]}, both in seconds, with a period of 1 if there is none.
 */
public final class GeneratedSourceType implements SourceType {
    @Override
    public String key() {
        return "generated";
    }

    @Override
    public Optional<? extends SourceConfig> read(Section settings) {
        var flip = settings.flag("flip").orElse(false);
        settings.finish();
        return Optional.of(new Config(flip));
    }

    record Config(boolean flip) implements SourceConfig {
        @Override
        public Optional<String> problemWith(@Nullable String language, String query) {
            return query.matches("\\d+( \\d+( \\d+)?)?")
                    ? Optional.empty()
                    : Optional.of("expected a number of series");
        }

        @Override
        public boolean usesFrom(@Nullable String language, String query) {
            return false;
        }

        @Override
        public Source open() {
            return new Generated(flip);
        }
    }

    private record Generated(boolean flip) implements Source {
        private static final List<Map<String, String>> LABELS = IntStream.range(0, 10_000)
                .mapToObj(number -> Map.of("device", "device-" + number))
                .toList();

        @Override
        public List<Row> query(Query query) {
            var words = query.text().split(" ", -1);
            long second = query.to().getEpochSecond() + (words.length > 1 ? Long.parseLong(words[1]) : 0);
            long period = words.length > 2 ? Long.parseLong(words[2]) : 1;
            Double value = flip && second / period % 2 == 1 ? 2.0 : 1.0;
            return LABELS.subList(0, Integer.parseInt(words[0])).stream()
                    .map(labels -> new Row(labels, value))
                    .toList();
        }

        @Override
        public void probe(Duration limit) {}

        @Override
        public void close() {}
    }
}
