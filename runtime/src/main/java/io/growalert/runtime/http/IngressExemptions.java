package io.growalert.runtime.http;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The exact paths that a service's {@link Ingress} does not check completely.
 *
 * @param signed requests are authenticated by a signature; the filter checks nothing
 * @param ownOrigins they check the origin and the content type themselves; only the host is checked before. {@code {id}} is any
 *     one segment
 * @param forms they accept a form besides JSON; host and origin are checked
 */
public record IngressExemptions(Set<String> signed, Set<String> ownOrigins, Set<String> forms) {
    public IngressExemptions {
        signed = Set.copyOf(signed);
        ownOrigins = Set.copyOf(ownOrigins);
        forms = Set.copyOf(forms);
    }

    /** Only these paths are exempt: they accept a form. */
    public static IngressExemptions ofForms(String... paths) {
        return new IngressExemptions(Set.of(), Set.of(), Set.of(paths));
    }

    /** Matches the paths that check the origin themselves. */
    Pattern ownOriginPaths() {
        return Pattern.compile(
                ownOrigins.stream().map(IngressExemptions::expression).collect(Collectors.joining("|")));
    }

    private static String expression(String path) {
        return Pattern.quote(path).replaceAll("\\{\\w+}", "\\\\E[^/]+\\\\Q");
    }

    static IngressExemptions none() {
        return ofForms();
    }
}
