package io.growalert.dispatcher.silence;

import java.util.List;

/** What the definition files say about silences. */
public record SilenceRules(List<MaintenanceWindow> windows, List<InhibitionRule> inhibitions) {
    public static final SilenceRules NONE = new SilenceRules(List.of(), List.of());

    public SilenceRules {
        windows = List.copyOf(windows);
        inhibitions = List.copyOf(inhibitions);
    }
}
