package io.growalert.standalone;

import io.growalert.runtime.loop.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ApplicationContext;

/**
 * The health of a part: a status as Spring Boot has them, and the reasons in one line.
 *
 * @param reason empty when it is well
 */
record PartHealth(String status, String reason) {
    static final PartHealth WELL = new PartHealth(Status.UP.getCode(), "");

    /** In characters: a line of the console, not a page. */
    private static final int LONGEST = 300;

    static PartHealth of(Progress loop) {
        return loop.stalled()
                .map(reason -> new PartHealth(Status.DOWN.getCode(), oneLine(loop.loop() + " " + reason)))
                .orElse(WELL);
    }

    /** The health of a service of this process. What the gateway reports about the others, they report themselves. */
    static PartHealth of(Part part, ApplicationContext service) {
        var endpoint = service.getBean(HealthEndpoint.class);
        var health = part == Part.GATEWAY ? endpoint.healthForPath("connections") : endpoint.health();
        return health == null ? WELL : of(health);
    }

    static PartHealth of(HealthDescriptor health) {
        return isWell(health.getStatus())
                ? WELL
                : new PartHealth(health.getStatus().getCode(), oneLine(String.join("; ", reasons(health))));
    }

    private static List<String> reasons(HealthDescriptor health) {
        var reasons = new ArrayList<String>();
        if (health instanceof CompositeHealthDescriptor composite) {
            components(composite).forEach((name, component) -> {
                if (!isWell(component.getStatus())) {
                    reasons.add("%s %s"
                            .formatted(name, String.join("; ", reasons(component)))
                            .strip());
                }
            });
        } else if (health instanceof IndicatedHealthDescriptor indicated) {
            var details = indicated.getDetails();
            if (details != null) {
                new TreeMap<>(details).forEach((name, value) -> reasons.add(name + "=" + value));
            }
        }
        return reasons;
    }

    private static Map<String, HealthDescriptor> components(CompositeHealthDescriptor composite) {
        var components = composite.getComponents();
        return components == null ? Map.of() : new TreeMap<>(components);
    }

    private static boolean isWell(Status status) {
        return status.equals(Status.UP) || status.equals(Status.UNKNOWN);
    }

    private static String oneLine(String text) {
        var line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }

    @Override
    public String toString() {
        return reason.isEmpty() ? status : status + ": " + reason;
    }
}
