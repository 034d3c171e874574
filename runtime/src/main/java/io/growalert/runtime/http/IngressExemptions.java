package io.growalert.runtime.http;

import java.util.Set;

/**
 * The exact paths that a service's {@link Ingress} does not check completely.
 *
 * @param signed requests are authenticated by a signature; the filter checks nothing
 * @param ownOrigins they check the origin and the content type themselves; only the host is checked before
 */
public record IngressExemptions(Set<String> signed, Set<String> ownOrigins) {
    public IngressExemptions {
        signed = Set.copyOf(signed);
        ownOrigins = Set.copyOf(ownOrigins);
    }

    static IngressExemptions none() {
        return new IngressExemptions(Set.of(), Set.of());
    }
}
