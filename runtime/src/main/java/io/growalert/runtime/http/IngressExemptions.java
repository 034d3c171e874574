package io.growalert.runtime.http;

import java.util.Set;

/**
 * What a service's {@link Ingress} leaves to the service: exact paths.
 *
 * @param signed each request proves by a signature who sent it; nothing is checked before
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
