package io.growalert.dispatcher.silence;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Section;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.receiver.BrokenFiles;
import io.growalert.dispatcher.receiver.FilesInUse;
import io.growalert.dispatcher.route.TimeInterval;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.StorableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code silences} and {@code inhibit} of definition files, and ignores their other sections. */
public final class SilenceFiles {
    /** The most matchers, or equal labels. */
    public static final int MAX_MATCHERS = 20;

    public static final int MAX_COMMENT = 1_000;

    private final Variables variables;

    public SilenceFiles(Variables variables) {
        this.variables = variables;
    }

    /**
     * The rules of these files.
     *
     * @throws BrokenFiles when they are invalid
     */
    FilesInUse<SilenceRules> inUse(List<Path> files) {
        return new FilesInUse<>(files, variables, problems -> read(files, problems));
    }

    /** Returns the rules of all files; valid only when no problem was added. */
    public SilenceRules read(List<Path> files, Problems problems) {
        var windows = new ArrayList<MaintenanceWindow>();
        var inhibitions = new ArrayList<InhibitionRule>();
        for (var file : files) {
            DefinitionFile.read(file, variables, problems).ifPresent(root -> {
                root.sections("silences").forEach(section -> window(section, windows));
                root.sections("inhibit").forEach(section -> inhibition(section, inhibitions));
            });
        }
        return new SilenceRules(windows, inhibitions);
    }

    private static void window(Section section, List<MaintenanceWindow> windows) {
        var matchers = matchers(section, "matchers");
        var interval = TimeInterval.read(section);
        var comment = section.requiredText("comment");
        section.finish();
        if (comment.isPresent()
                && (comment.get().isBlank()
                        || comment.get().length() > MAX_COMMENT
                        || !StorableText.is(comment.get()))) {
            section.problem("comment", "expected a reason of at most %d characters".formatted(MAX_COMMENT));
        }
        if (!matchers.isEmpty() && interval.isPresent() && comment.isPresent()) {
            windows.add(new MaintenanceWindow(matchers, interval.get(), comment.get()));
        }
    }

    private static void inhibition(Section section, List<InhibitionRule> rules) {
        var source = matchers(section, "source");
        var target = matchers(section, "target");
        var equal = section.parsedList("equal", Matcher::label);
        section.finish();
        if (equal.size() > MAX_MATCHERS) {
            section.problem("equal", "expected at most %d labels".formatted(MAX_MATCHERS));
        }
        if (!source.isEmpty() && !target.isEmpty()) {
            rules.add(new InhibitionRule(source, target, equal));
        }
    }

    private static List<Matcher> matchers(Section section, String key) {
        var matchers = section.parsedList(key, Matcher::of);
        boolean isWhole = matchers.size() == section.texts(key).size();
        if (!section.has(key)) {
            section.problem(key, "is missing; it is required");
        } else if (isWhole && (matchers.isEmpty() || matchers.size() > MAX_MATCHERS)) {
            section.problem(key, "expected from 1 to %d matchers, such as site=north".formatted(MAX_MATCHERS));
        } else if (isWhole && !Silence.isSelective(matchers)) {
            section.problem(key, "at least one matcher must not match an absent label, or everything could be held");
        }
        return matchers;
    }
}
