package io.growalert.monitor.definitions;

import io.growalert.definitions.Place;
import io.growalert.definitions.Section;
import io.growalert.events.AlertPolicy;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SystemMonitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code system} of the definition files: it defines the {@link SystemMonitor}s, and names their receivers. They have an
 * origin of their own, so that they come and go with the section however many they are.
 */
final class SystemSection {
    private static final String KEY = "system";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** An instance that was removed for good is not missed for longer. */
    private static final Duration FORGET_AFTER = Duration.ofHours(1);

    private SystemSection() {}

    /** Of the system monitors of the files of this origin; no configured origin has a slash. */
    static String origin(String origin) {
        return origin + "/" + KEY;
    }

    /**
     * The system monitors; none without the section, or when it is invalid.
     *
     * @param places of monitors by id, to which those of the system monitors are added
     */
    static List<MonitorDefinition> monitors(
            List<Section> roots, Set<String> receivers, String origin, Map<String, Place> places) {
        var monitors = new ArrayList<MonitorDefinition>();
        @Nullable Place first = null;
        for (var root : roots) {
            var section = root.section(KEY);
            if (section.isPresent() && first != null) {
                root.problem(KEY, "the section is already at %s".formatted(first));
            } else if (section.isPresent()) {
                first = root.place(KEY);
                monitors.addAll(read(section.get(), receivers, origin));
                var place = first;
                Arrays.stream(SystemMonitor.values()).forEach(monitor -> places.put(monitor.id(), place));
            }
        }
        return monitors;
    }

    private static List<MonitorDefinition> read(Section section, Set<String> known, String origin) {
        var receivers = section.texts("receivers");
        section.required("receivers", Optional.of(receivers));
        if (section.has("receivers") && receivers.isEmpty()) {
            section.problem("receivers", "needs at least one receiver");
        }
        for (var receiver : receivers) {
            if (!known.contains(receiver)) {
                section.problem(
                        "receivers",
                        "unknown receiver '%s'; expected %s"
                                .formatted(receiver, MonitorSection.oneOf(known, "receivers")));
            }
        }
        boolean billing = section.flag("billing").orElse(false);
        section.finish();
        return Arrays.stream(SystemMonitor.values())
                .map(monitor -> definition(monitor, receivers, origin(origin), billing))
                .toList();
    }

    /** @param billing whether the billing-service runs, so that its silence is an alert */
    private static MonitorDefinition definition(
            SystemMonitor monitor, List<String> receivers, String origin, boolean billing) {
        boolean problemsOnly = monitor.shape() == SystemMonitor.Shape.PROBLEMS;
        boolean mayBeAway = monitor.component() == SystemMonitor.Component.BILLING && !billing;
        return new MonitorDefinition(
                monitor.id(),
                origin,
                SystemMonitor.EVERY,
                TIMEOUT,
                MonitorDefinition.PUSH,
                null,
                "",
                null,
                null,
                null,
                problemsOnly ? OnMissing.IGNORE : OnMissing.FAIL,
                OnMissing.FAIL,
                new AlertPolicy(1, monitor.failingFor(), 1, null, FORGET_AFTER, receivers),
                Map.of("service", monitor.component().text()),
                null,
                null,
                mayBeAway ? MonitorDefinition.MAX_SPAN : null,
                null,
                problemsOnly,
                monitor.unit());
    }
}
