package io.growalert.monitor.definitions;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.Place;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Section;
import io.growalert.definitions.Variables;
import io.growalert.events.Json;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.monitor.source.SourceConfig;
import io.growalert.monitor.source.SourceDefinition;
import io.growalert.monitor.source.SourceTypes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads definition files and validates them as one set: a monitor may name a source or a receiver that another file
 * defines. It connects to nothing. The dispatcher validates the settings of receivers and the routes; only the names of receivers,
 * and whether there are routes, matter here.
 */
public final class DefinitionCheck {
    private static final int MAX_LIMIT = 1_000;
    private static final String ROUTES = "routes";

    /** Sections that only the dispatcher and the gateway read. */
    private static final List<String> OF_OTHERS = List.of("silences", "inhibit", "statusPages");

    /** Leaves room for the record's key and headers. */
    private static final int MAX_DEFINITION_BYTES = Limits.RECORD_BYTES - 2_000;

    private final SourceTypes types;
    private final Variables variables;
    private final Problems problems = new Problems();

    private DefinitionCheck(SourceTypes types, Variables variables) {
        this.types = types;
        this.variables = variables;
    }

    /**
     * @param origin the name of this set of files, which becomes the origin of its monitors
     */
    public static Definitions of(List<Path> files, Variables variables, String origin) {
        return new DefinitionCheck(SourceTypes.load(), variables).read(files, origin);
    }

    private Definitions read(List<Path> files, String origin) {
        var roots = files.stream()
                .flatMap(file -> DefinitionFile.read(file, variables, problems).stream())
                .toList();
        var sources = sources(roots);
        // every root must know the key
        boolean routes = roots.stream().filter(root -> root.has(ROUTES)).count() > 0;
        var names = new MonitorSection.Names(new LinkedHashMap<>(), receivers(roots), routes);
        sources.forEach((name, source) -> names.sources().put(name, source.map(SourceDefinition::config)));
        var places = new HashMap<String, Place>();
        // their ids are taken first, so that a monitor of the files with one of them is the problem
        var system = SystemSection.monitors(roots, names.receivers(), origin, places);
        var monitors = new ArrayList<>(monitors(roots, new MonitorSection(origin, names), places));
        monitors.addAll(system);
        roots.forEach(root -> OF_OTHERS.forEach(root::has));
        roots.forEach(Section::finish);
        var whole = new HashMap<String, SourceDefinition>();
        sources.forEach((name, source) -> source.ifPresent(definition -> whole.put(name, definition)));
        return new Definitions(whole, monitors, places, problems.inOrder());
    }

    /** By name; empty for an invalid source, which is reported already. */
    private Map<String, Optional<SourceDefinition>> sources(List<Section> roots) {
        var sources = new LinkedHashMap<String, Optional<SourceDefinition>>();
        var places = new HashMap<String, Place>();
        for (var root : roots) {
            root.named("sources").forEach((name, section) -> {
                var first = places.putIfAbsent(name, section.place());
                if (first != null) {
                    section.problem("", "the source %s is already defined at %s".formatted(name, first));
                } else {
                    sources.put(name, source(section));
                }
            });
        }
        return sources;
    }

    private Optional<SourceDefinition> source(Section section) {
        var kinds = types.keys().stream().filter(section::has).toList();
        var limit = section.integer("limit", 1, MAX_LIMIT).orElse(SourceDefinition.DEFAULT_LIMIT);
        section.finish();
        if (kinds.size() != 1) {
            section.problem("", "expected exactly one of " + String.join(", ", new TreeSet<>(types.keys())));
            return Optional.empty();
        }
        var kind = kinds.getFirst();
        Optional<SourceConfig> config =
                section.section(kind).flatMap(settings -> types.named(kind).flatMap(type -> type.read(settings)));
        return config.map(given -> new SourceDefinition(given, limit));
    }

    private static Set<String> receivers(List<Section> roots) {
        var names = new TreeSet<String>();
        roots.forEach(root -> root.section("receivers").map(Section::keys).ifPresent(names::addAll));
        return names;
    }

    private static List<MonitorDefinition> monitors(
            List<Section> roots, MonitorSection reader, Map<String, Place> places) {
        var monitors = new ArrayList<MonitorDefinition>();
        for (var root : roots) {
            for (var section : root.sections("monitors")) {
                var first = section.text("id").map(id -> places.putIfAbsent(id, section.place("id")));
                first.ifPresent(
                        place -> section.problem("id", "the monitor is already defined at %s".formatted(place)));
                reader.read(section)
                        .filter(definition -> fitsRecord(definition, section))
                        .ifPresent(monitors::add);
            }
        }
        return monitors;
    }

    private static boolean fitsRecord(MonitorDefinition definition, Section section) {
        int bytes = Json.write(definition).length;
        if (bytes > MAX_DEFINITION_BYTES) {
            section.problem(
                    "", "the monitor has %,d bytes as JSON; the limit is %,d".formatted(bytes, MAX_DEFINITION_BYTES));
        }
        return bytes <= MAX_DEFINITION_BYTES;
    }
}
