package io.growalert.dispatcher.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.growalert.evaluation.alert.Absence;
import io.growalert.evaluation.alert.AlertState;
import io.growalert.evaluation.alert.SavedAlert;
import io.growalert.events.Json;
import io.growalert.events.Status;
import io.growalert.events.UnreadableValue;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link SavedAlert} as JSON in the store. Stores outlive versions of this service, so names here never change. */
record StoredAlert(
        Map<String, String> series,
        State state,
        Instant changed,
        @Nullable Instant generation,
        @Nullable Instant heard) {
    StoredAlert {
        series = Map.copyOf(series);
        Objects.requireNonNull(state, "state");
    }

    static byte[] write(SavedAlert alert) {
        return Json.write(new StoredAlert(
                alert.series(), State.of(alert.state()), alert.changed(), alert.generation(), alert.heard()));
    }

    /**
     * @throws UnreadableValue when the bytes are no stored alert
     */
    static SavedAlert read(byte[] json) {
        var stored = Json.read(json, StoredAlert.class);
        return new SavedAlert(
                stored.series, stored.state.alertState(), stored.changed, stored.generation, stored.heard);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Calm.class, name = "calm"),
        @JsonSubTypes.Type(value = Failing.class, name = "failing"),
        @JsonSubTypes.Type(value = Firing.class, name = "firing"),
        @JsonSubTypes.Type(value = Silent.class, name = "silent")
    })
    sealed interface State {
        AlertState alertState();

        static State of(AlertState state) {
            return switch (state) {
                case AlertState.Calm calm -> new Calm(calm.absence());
                case AlertState.Failing failing -> new Failing(failing.count(), failing.since(), failing.absence());
                case AlertState.Firing firing ->
                    new Firing(
                            firing.since(),
                            firing.notified(),
                            firing.status(),
                            firing.passes(),
                            firing.absence(),
                            firing.generation(),
                            Firing.unlessImplied(firing));
                case AlertState.Silent silent -> new Silent(silent.since(), silent.notified(), silent.generation());
            };
        }
    }

    record Calm(@Nullable Absence absence) implements State {
        @Override
        public AlertState alertState() {
            return new AlertState.Calm(absence);
        }
    }

    record Failing(int count, Instant since, @Nullable Absence absence) implements State {
        @Override
        public AlertState alertState() {
            return new AlertState.Failing(count, since, absence);
        }
    }

    record Firing(
            Instant since,
            @JsonProperty("told") Instant notified,
            Status status,
            int passes,
            @Nullable Absence absence,
            @Nullable Instant generation,
            @Nullable Boolean breached)
            implements State {
        /** Whether it is breached; null, as in the JSON of earlier versions, when the status implies it. */
        private static @Nullable Boolean unlessImplied(AlertState.Firing firing) {
            return firing.breached() == isImplied(firing.status()) ? null : firing.breached();
        }

        private static boolean isImplied(Status status) {
            return status == Status.FAILED;
        }

        @Override
        public AlertState alertState() {
            boolean isBreached = breached == null ? isImplied(status) : breached;
            return new AlertState.Firing(since, notified, status, passes, absence, generation, isBreached);
        }
    }

    record Silent(
            Instant since,
            @JsonProperty("told") Instant notified,
            @Nullable Instant generation) implements State {
        @Override
        public AlertState alertState() {
            return new AlertState.Silent(since, notified, generation);
        }
    }
}
