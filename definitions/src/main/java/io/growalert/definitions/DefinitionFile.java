package io.growalert.definitions;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.resolver.Resolver;

/** Opens definition files. */
public final class DefinitionFile {
    /** A larger file, in bytes, is rejected. */
    static final int MAX_BYTES = 64 * 1024 * 1024;

    /**
     * The readers do not follow aliases to arbitrary depth, so this limit catches mistakes and need not prevent exponential
     * growth.
     */
    private static final int MAX_ALIASES = 10_000;

    /** The maximum depth of nested mappings and lists. */
    private static final int MAX_DEPTH = 50;

    private DefinitionFile() {}

    /**
     * Reads one file to its root section. An unreadable file, or one that is no mapping, becomes a problem and an empty
     * result; an empty file is a root without keys.
     */
    public static Optional<Section> read(Path file, Variables variables, Problems problems) {
        var start = new Place(file.toString(), 1, 1);
        try {
            if (Files.size(file) > MAX_BYTES) {
                problems.add(start, "", "the file is larger than %d MiB".formatted(MAX_BYTES >> 20));
                return Optional.empty();
            }
            return parse(file.toString(), Files.readString(file), variables, problems);
        } catch (IOException e) {
            problems.add(start, "", "the file cannot be read: " + reason(e));
            return Optional.empty();
        }
    }

    /** As {@link #read}, from text in memory; {@code name} is the file name in problems. */
    public static Optional<Section> parse(String name, String text, Variables variables, Problems problems) {
        var scope = new Scope(name, variables, problems);
        var start = new Place(name, 1, 1);
        WholeText reader = null;
        try {
            reader = new WholeText(name, text);
            var options = new LoaderOptions();
            options.setMaxAliasesForCollections(MAX_ALIASES);
            options.setCodePointLimit(MAX_BYTES);
            options.setNestingDepthLimit(MAX_DEPTH);
            var root = new Composer(new ParserImpl(reader, options), new Resolver(), options).getSingleNode();
            return switch (root) {
                case null -> Optional.of(new Section(start, "", scope));
                case ScalarNode scalar
                when scalar.getTag().equals(Tag.NULL) -> Optional.of(new Section(start, "", scope));
                case MappingNode mapping -> Optional.of(new Section(mapping, "", scope));
                default -> {
                    problems.add(start, "", "the file must be a mapping of keys to values");
                    yield Optional.empty();
                }
            };
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            problems.add(mark == null ? start : scope.place(mark), "", "not YAML: " + e.getProblem());
        } catch (ReaderException e) {
            var place = scope.place(text, e.getPosition());
            problems.add(place, "", "the character U+%04X is not allowed".formatted(e.getCodePoint()));
        } catch (YAMLException e) {
            // the depth limit's exception has no place, but the reader is still close to it
            var place = reader == null ? start : scope.place(reader.getMark());
            problems.add(place, "", "not YAML: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** Why a file could not be read, as text. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "no permission to read it";
            case CharacterCodingException binary -> "it is not text in UTF-8";
            default -> String.valueOf(e.getMessage());
        };
    }
}
