package io.growalert.events;

import static io.growalert.events.Contract.frozen;
import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a monitor's series fire, send reminders and resolve. All durations are measured in slot time.
 *
 * @param after consecutive failed results until a series fires, at least 1
 * @param failingFor instead of {@code after}: how long a series must fail continuously until it fires
 * @param resolveAfter consecutive passed results until a firing series resolves, at least 1
 * @param repeat the interval of reminders while a series fires; null for none
 * @param forgetAfter how long a series may be absent until it is removed and its incident resolved
 * @param receivers the names of the receivers to notify, in order
 * @param routes whether the routes choose receivers in addition; null for no. Without receivers they always do
 */
public record AlertPolicy(
        int after,
        @JsonProperty("for") @Nullable Duration failingFor,
        int resolveAfter,
        @Nullable Duration repeat,
        Duration forgetAfter,
        List<String> receivers,
        @Nullable Boolean routes) {

    public static final Duration DEFAULT_FORGET_AFTER = Duration.ofHours(24);

    public AlertPolicy {
        require(after >= 1, "after must be at least 1", after);
        require(failingFor == null || failingFor.isPositive(), "for must be longer than nothing", failingFor);
        require(resolveAfter >= 1, "resolveAfter must be at least 1", resolveAfter);
        require(repeat == null || repeat.isPositive(), "repeat must be longer than nothing", repeat);
        require(
                required(forgetAfter, "forgetAfter").isPositive(),
                "forgetAfter must be longer than nothing",
                forgetAfter);
        receivers = frozen(receivers, "receivers");
    }

    /** Without {@code routes}. */
    public AlertPolicy(
            int after,
            @Nullable Duration failingFor,
            int resolveAfter,
            @Nullable Duration repeat,
            Duration forgetAfter,
            List<String> receivers) {
        this(after, failingFor, resolveAfter, repeat, forgetAfter, receivers, null);
    }
}
