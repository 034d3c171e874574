package io.growalert.gateway.status;

import io.growalert.evaluation.match.Matcher;
import java.util.List;

/**
 * A page with the state of monitors that labels choose.
 *
 * @param matchers which all must match
 * @param isPublic whether it is open to all, and not to operators only
 */
public record StatusPageDefinition(String name, String title, List<Matcher> matchers, boolean isPublic) {
    public StatusPageDefinition {
        matchers = List.copyOf(matchers);
    }
}
