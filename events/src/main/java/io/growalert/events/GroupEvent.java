package io.growalert.events;

import static io.growalert.events.Contract.frozen;
import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One message about several alerts: the body of a webhook receiver that accepts groups.
 *
 * @param id the message's id, the same for every repetition
 * @param group common to the messages of these labels, this route and receiver; see {@link Ids#group}
 * @param route the matchers that lead to the group's route
 * @param labels what the alerts have in common: the labels that the route groups by, or their cause
 * @param counts of all alerts of the message
 * @param alerts the worst ones first within each change: new, then still firing, then resolved
 * @param omitted how many alerts are counted and not in {@code alerts}, since the message would be too large
 * @param formedAt when the message was formed
 */
public record GroupEvent(
        String id,
        Type type,
        String group,
        String route,
        Map<String, String> labels,
        Counts counts,
        List<GroupedAlert> alerts,
        int omitted,
        Instant formedAt)
        implements Notifiable {

    public enum Type {
        @JsonProperty("group")
        GROUP
    }

    public enum Change {
        /** It fires, and no message said so before; or it escalates to the receiver. */
        @JsonProperty("new")
        NEW,
        /** It fires, as an earlier message said. */
        @JsonProperty("stillFiring")
        STILL_FIRING,
        /** An earlier message said that it fires, and it does not any longer. */
        @JsonProperty("resolved")
        RESOLVED
    }

    /** How many alerts changed in which way. */
    public record Counts(@JsonProperty("new") int started, int stillFiring, int resolved) {
        public Counts {
            require(started >= 0 && stillFiring >= 0 && resolved >= 0, "counts must not be negative");
        }

        public int firing() {
            return started + stillFiring;
        }

        public int all() {
            return firing() + resolved;
        }
    }

    /** @param event the latest one of the alert */
    public record GroupedAlert(Change change, AlertEvent event) {
        public GroupedAlert {
            required(change, "change");
            required(event, "event");
        }
    }

    public GroupEvent {
        required(id, "id");
        required(type, "type");
        required(group, "group");
        required(route, "route");
        labels = frozen(labels, "labels");
        required(counts, "counts");
        alerts = frozen(alerts, "alerts");
        require(omitted >= 0, "omitted must not be negative", omitted);
        required(formedAt, "formedAt");
    }

    /** Whether no alert of the group that was notified fires any longer. */
    public boolean endsAll() {
        return counts.firing() == 0;
    }

    /** The alerts with this change, the worst ones first. */
    public List<AlertEvent> alerts(Change change) {
        return alerts.stream()
                .filter(alert -> alert.change() == change)
                .map(GroupedAlert::event)
                .toList();
    }
}
