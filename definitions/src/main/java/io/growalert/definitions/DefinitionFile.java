package io.growalert.definitions;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;

/** Opens definition files. */
public final class DefinitionFile {
    /** A file larger than this, in bytes, is refused. */
    static final int MAX_BYTES = 64 * 1024 * 1024;

    private DefinitionFile() {}

    /**
     * Reads one file to its root section. What cannot be read at all, or is no mapping, becomes a problem and an empty
     * answer; an empty file is a root without keys.
     */
    public static Optional<Section> read(Path file, Variables variables, Problems problems) {
        var start = new Place(file.toString(), 1, 1);
        try {
            if (Files.size(file) > MAX_BYTES) {
                problems.add(start, "", "the file is larger than %d MiB".formatted(MAX_BYTES >> 20));
                return Optional.empty();
            }
            return parse(file.toString(), Files.readString(file), variables, problems);
        } catch (NoSuchFileException e) {
            problems.add(start, "", "there is no such file");
        } catch (MalformedInputException e) {
            problems.add(start, "", "the file is not text in UTF-8");
        } catch (IOException e) {
            problems.add(start, "", "the file cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** As {@link #read}, from text that is at hand; {@code name} stands for the file in what is reported. */
    public static Optional<Section> parse(String name, String text, Variables variables, Problems problems) {
        var start = new Place(name, 1, 1);
        try {
            var options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            options.setMaxAliasesForCollections(50);
            options.setCodePointLimit(MAX_BYTES);
            var root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
            return switch (root) {
                case null -> Optional.of(new Section(start, "", new Scope(name, variables, problems)));
                case MappingNode mapping -> Optional.of(new Section(mapping, "", new Scope(name, variables, problems)));
                default -> {
                    problems.add(start, "", "the file must be a mapping of keys to values");
                    yield Optional.empty();
                }
            };
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            var place = mark == null ? start : new Place(name, mark.getLine() + 1, mark.getColumn() + 1);
            problems.add(place, "", "not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            problems.add(start, "", "not YAML: " + e.getMessage());
        }
        return Optional.empty();
    }
}
