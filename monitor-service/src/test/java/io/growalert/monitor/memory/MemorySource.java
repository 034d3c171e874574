package io.growalert.monitor.memory;

import io.growalert.definitions.Section;
import io.growalert.evaluation.threshold.Row;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.QueryText;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceConfig;
import io.growalert.monitor.source.SourceException;
import io.growalert.monitor.source.SourceType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Answers a query with what the test set for its text; without that, with one row of the value 1. */
public final class MemorySource implements SourceType {
    public interface Answer {
        List<Row> to(Query query) throws SourceException, InterruptedException;
    }

    /** The probe of a source; it returns when the source responds. */
    public interface Probe {
        void run() throws SourceException, InterruptedException;
    }

    private static final Map<String, Probe> PROBES = new ConcurrentHashMap<>();
    private static final Map<String, Answer> ANSWERS = new ConcurrentHashMap<>();
    public static final List<String> OPENED = new CopyOnWriteArrayList<>();
    public static final List<String> CLOSED = new CopyOnWriteArrayList<>();

    public static void answer(String query, Answer answer) {
        ANSWERS.put(query, answer);
    }

    public static void answer(String query, double value) {
        answer(query, any -> List.of(new Row(Map.of(), value)));
    }

    /** Without one, the source of this name responds at once. */
    public static void probe(String source, Probe probe) {
        PROBES.put(source, probe);
    }

    @Override
    public String key() {
        return "memory";
    }

    @Override
    public Optional<Config> read(Section settings) {
        var name = settings.requiredText("name");
        settings.finish();
        return name.map(Config::new);
    }

    /** Its source under this name. */
    public record Config(String name) implements SourceConfig {
        @Override
        public Optional<String> problemWith(@Nullable String language, String query) {
            return language == null ? Optional.empty() : Optional.of("unknown language '%s'".formatted(language));
        }

        @Override
        public boolean usesFrom(@Nullable String language, String query) {
            return QueryText.parse(query, QueryText.Syntax.SQL).uses("from");
        }

        @Override
        public Source open() {
            OPENED.add(name);
            return new Open(name);
        }
    }

    private record Open(String name) implements Source {
        @Override
        public List<Row> query(Query query) throws SourceException, InterruptedException {
            return ANSWERS.getOrDefault(query.text(), any -> List.of(new Row(Map.of(), 1)))
                    .to(query);
        }

        @Override
        public void probe(Duration limit) throws SourceException, InterruptedException {
            var probe = PROBES.get(name);
            if (probe != null) {
                probe.run();
            }
        }

        @Override
        public void close() {
            CLOSED.add(name);
        }
    }
}
