package io.growalert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;

/** The rights that docs/examples/acls.sh grants. */
public final class DocumentedRights {
    private static final Pattern PRINCIPAL = Pattern.compile("(?m)^principal=(\\S+)$|^allow \"([^\"]+)\" (.+)$");
    private static final Pattern RESOURCE = Pattern.compile("--(topic|group|transactional-id) (\\S+)");

    private DocumentedRights() {}

    /** @param script docs/examples/acls.sh */
    public static List<AclBinding> read(Path script) {
        var granted = new ArrayList<AclBinding>();
        var principal = "";
        var lines = PRINCIPAL.matcher(text(script).replaceAll("\\\\\\n\\s*", ""));
        while (lines.find()) {
            if (lines.group(1) != null) {
                principal = lines.group(1);
            } else {
                grant(principal, lines.group(2), lines.group(3), granted);
            }
        }
        return granted;
    }

    private static void grant(String principal, String operations, String options, List<AclBinding> granted) {
        var pattern = options.contains("--resource-pattern-type prefixed") ? PatternType.PREFIXED : PatternType.LITERAL;
        var resources = RESOURCE.matcher(options);
        while (resources.find()) {
            var resource = new ResourcePattern(type(resources.group(1)), resources.group(2), pattern);
            for (var operation : operations.split(" ", -1)) {
                granted.add(new AclBinding(
                        resource,
                        new AccessControlEntry(principal, "*", operation(operation), AclPermissionType.ALLOW)));
            }
        }
    }

    private static ResourceType type(String option) {
        return switch (option) {
            case "topic" -> ResourceType.TOPIC;
            case "group" -> ResourceType.GROUP;
            default -> ResourceType.TRANSACTIONAL_ID;
        };
    }

    private static AclOperation operation(String name) {
        return SecurityUtils.operation(name);
    }

    private static String text(Path script) {
        try {
            return Files.readString(script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
