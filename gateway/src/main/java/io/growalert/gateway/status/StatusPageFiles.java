package io.growalert.gateway.status;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.Place;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Section;
import io.growalert.definitions.Variables;
import io.growalert.evaluation.match.Matcher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the section {@code statusPages} of definition files. */
public final class StatusPageFiles {
    private static final String NAME = "[a-z0-9-]{1,64}";
    private static final int MAX_TITLE = 200;
    private static final int MAX_MATCHERS = 20;

    private StatusPageFiles() {}

    /** Returns the pages of all files in their order; valid only when no problem was added. */
    public static List<StatusPageDefinition> read(List<Path> files, Variables variables, Problems problems) {
        var pages = new ArrayList<StatusPageDefinition>();
        var places = new HashMap<String, Place>();
        files.stream()
                .flatMap(file -> DefinitionFile.read(file, variables, problems).stream())
                .flatMap(root -> root.sections("statusPages").stream())
                .forEach(section -> page(section, places).ifPresent(pages::add));
        return List.copyOf(pages);
    }

    private static Optional<StatusPageDefinition> page(Section section, Map<String, Place> places) {
        var name = section.required("name", section.parsed("name", StatusPageFiles::name));
        var title = section.parsed("title", StatusPageFiles::title);
        var matchers = section.parsedList("match", Matcher::of);
        section.required("match", Optional.of(matchers));
        int written = section.texts("match").size();
        if (section.has("match") && (written < 1 || written > MAX_MATCHERS)) {
            section.problem("match", "expected 1 to %d matchers".formatted(MAX_MATCHERS));
        }
        boolean isPublic = section.flag("public").orElse(false);
        section.finish();
        name.ifPresent(given -> {
            var first = places.putIfAbsent(given, section.place("name"));
            if (first != null) {
                section.problem("name", "the status page is already defined at %s".formatted(first));
            }
        });
        return name.map(given -> new StatusPageDefinition(given, title.orElse(given), matchers, isPublic));
    }

    private static String name(String text) {
        if (!text.matches(NAME)) {
            throw new IllegalArgumentException("'%s': expected a name, which matches %s".formatted(text, NAME));
        }
        return text;
    }

    private static String title(String text) {
        if (text.isBlank() || text.length() > MAX_TITLE) {
            throw new IllegalArgumentException("expected 1 to %d characters".formatted(MAX_TITLE));
        }
        return text;
    }
}
