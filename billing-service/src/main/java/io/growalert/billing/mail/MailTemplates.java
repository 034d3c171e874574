package io.growalert.billing.mail;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.growalert.runtime.PlainReason;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;

/**
 * The Mustache templates of all kinds, {@code KIND.txt.mustache} with the subject in its first line and {@code
 * KIND.html.mustache}, and the parts that they share. A folder replaces single files.
 */
final class MailTemplates {
    static final String SUBJECT = "Subject: ";
    private static final String EXTENSION = ".mustache";
    private static final Set<String> SHARED = Set.of("bottom.txt", "top.html", "bottom.html");
    private static final int MAX_SUBJECT = 250;

    private final Map<MailKind, Pair> templates = new EnumMap<>(MailKind.class);

    private record Pair(Template text, Template html) {}

    /** @param html may refer to the logo as {@code cid:logo} */
    record Rendered(String subject, String text, String html) {}

    private MailTemplates(Map<String, String> sources) {
        for (var kind : MailKind.values()) {
            templates.put(
                    kind,
                    new Pair(
                            compiled(name(kind, "txt"), sources, false), compiled(name(kind, "html"), sources, false)));
        }
    }

    private static String name(MailKind kind, String type) {
        return "%s.%s".formatted(kind.text().replace('_', '-'), type);
    }

    private static Template compiled(String name, Map<String, String> sources, boolean strict) {
        var compiler = Mustache.compiler()
                .escapeHTML(name.endsWith("html"))
                .emptyStringIsFalse(true)
                .withLoader(part -> source(part, sources));
        try {
            return (strict ? compiler : compiler.defaultValue("")).compile(source(name, sources));
        } catch (Exception e) {
            throw new Unusable(List.of(problem(name, e)));
        }
    }

    private static Reader source(String name, Map<String, String> sources) {
        var source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("no part is named '%s'".formatted(name));
        }
        return new StringReader(source);
    }

    /**
     * The templates, all of which were rendered with sample values.
     *
     * @param folder null: the built-in ones
     * @throws RuntimeException a {@link PlainReason} with a line for each file that is no usable template
     */
    static MailTemplates load(@Nullable Path folder) {
        var sources = new TreeMap<String, String>();
        for (var name : names()) {
            sources.put(name, builtIn(name));
        }
        if (folder != null) {
            replace(sources, folder);
            check(sources);
        }
        return new MailTemplates(sources);
    }

    /** Of all files, without their extension. */
    static Set<String> names() {
        var names = new TreeSet<>(SHARED);
        for (var kind : MailKind.values()) {
            names.add(name(kind, "txt"));
            names.add(name(kind, "html"));
        }
        return names;
    }

    private static String builtIn(String name) {
        try {
            return new ClassPathResource(name + EXTENSION, MailTemplates.class).getContentAsString(UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void replace(Map<String, String> sources, Path folder) {
        var problems = new ArrayList<String>();
        try (var files = Files.list(folder)) {
            for (var file : files.sorted().toList()) {
                var fileName = String.valueOf(file.getFileName());
                var name = fileName.endsWith(EXTENSION)
                        ? fileName.substring(0, fileName.length() - EXTENSION.length())
                        : "";
                if (sources.containsKey(name)) {
                    sources.put(name, Files.readString(file));
                } else if (!fileName.startsWith(".")) {
                    problems.add(line(fileName, "no template has this name; expected such as receipt.txt.mustache"));
                }
            }
        } catch (IOException e) {
            problems.add("growalert.billing.mail.templates: cannot read the folder %s (%s)"
                    .formatted(folder, e.getClass().getSimpleName()));
        }
        if (!problems.isEmpty()) {
            throw new Unusable(problems);
        }
    }

    /** Strictly: a name without a value is a mistake. */
    private static void check(Map<String, String> sources) {
        var problems = new ArrayList<String>();
        var values = MailValues.sample();
        for (var name : names()) {
            if (SHARED.contains(name)) {
                continue;
            }
            try {
                var rendered = compiled(name, sources, true).execute(values);
                if (name.endsWith("txt")) {
                    var _ = split(rendered);
                }
            } catch (Unusable e) {
                problems.add(String.valueOf(e.getMessage()));
            } catch (RuntimeException | StackOverflowError e) {
                problems.add(problem(name, e));
            }
        }
        if (!problems.isEmpty()) {
            throw new Unusable(problems);
        }
    }

    Rendered render(MailKind kind, Map<String, Object> values) {
        var pair = templates.get(kind);
        if (pair == null) {
            throw new IllegalStateException("no template of " + kind);
        }
        var text = split(pair.text().execute(values));
        return new Rendered(text.subject(), text.body(), pair.html().execute(values));
    }

    private record Split(String subject, String body) {}

    private static Split split(String text) {
        int end = text.indexOf('\n');
        var first = end < 0 ? text : text.substring(0, end);
        var subject = first.startsWith(SUBJECT)
                ? first.substring(SUBJECT.length())
                        .replaceAll("\\p{Cntrl}", " ")
                        .strip()
                : "";
        var body = end < 0 ? "" : text.substring(end + 1).strip();
        if (subject.isEmpty() || subject.length() > MAX_SUBJECT || body.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected 'Subject: ' and at most %d characters in the first line, and a text below it"
                            .formatted(MAX_SUBJECT));
        }
        return new Split(subject, body + "\n");
    }

    private static String problem(String name, Throwable e) {
        return line(
                name + EXTENSION,
                e instanceof StackOverflowError
                        ? "parts include each other"
                        : String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
    }

    private static String line(String file, String problem) {
        return "growalert.billing.mail.templates: %s: %s".formatted(file, problem);
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(List<String> problems) {
            super(String.join("\n", problems));
        }
    }
}
