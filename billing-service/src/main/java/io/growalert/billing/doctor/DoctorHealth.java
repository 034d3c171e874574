package io.growalert.billing.doctor;

import io.growalert.billing.doctor.Checkups.Checkup;
import io.growalert.billing.doctor.Diagnosis.Area;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@code DEGRADED} with each problem of the last checks and what to do. Never {@code DOWN}: whatever a key lacks, webhooks are stored.
 */
final class DoctorHealth implements HealthIndicator {
    private static final Status DEGRADED = new Status("DEGRADED");
    /** Prices and signatures have indicators of their own, which are current. */
    private static final Set<Area> ELSEWHERE = EnumSet.of(Area.PRICES, Area.SIGNATURES);

    private final Checkups checkups;

    DoctorHealth(Checkups checkups) {
        this.checkups = checkups;
    }

    @Override
    public Health health() {
        return checkups.last().map(DoctorHealth::health).orElseGet(() -> Health.up()
                .build());
    }

    static Health health(Checkup checkup) {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        for (var area : Area.values()) {
            var lines = checkup.diagnoses().stream()
                    .filter(diagnosis -> diagnosis.isProblem() && diagnosis.area() == area)
                    .map(Diagnosis::inOneLine)
                    .toList();
            if (!lines.isEmpty() && !ELSEWHERE.contains(area)) {
                problems.put(area.toString(), lines);
            }
        }
        var health = problems.isEmpty() ? Health.up() : Health.status(DEGRADED);
        return health.withDetails(problems)
                .withDetail("checkedAt", checkup.checkedAt())
                .build();
    }
}
