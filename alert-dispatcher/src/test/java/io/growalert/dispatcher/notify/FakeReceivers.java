package io.growalert.dispatcher.notify;

import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Receivers of the type {@code fake}, whose outcomes a test scripts. */
final class FakeReceivers implements HandlerType {
    final Map<String, Script> scripts = new ConcurrentHashMap<>();

    /** What a receiver does with a notification. */
    interface Script {
        Outcome on(Notification notification) throws Exception;
    }

    @Override
    public String key() {
        return "fake";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var timeout = section.duration("timeout", Duration.ofMillis(1), Duration.ofMinutes(1))
                .orElse(Duration.ofSeconds(10));
        var groups = section.flag("groups").orElse(true);
        return Optional.of(new FakeConfig(scripts, timeout, groups));
    }

    private record FakeConfig(Map<String, Script> scripts, Duration timeout, boolean acceptsGroups)
            implements HandlerConfig {
        @Override
        public Handler open() {
            return new Handler() {
                @Override
                public Outcome deliver(Notification notification) throws Exception {
                    return Objects.requireNonNull(scripts.get(notification.receiver()))
                            .on(notification);
                }

                @Override
                public Duration timeout() {
                    return timeout;
                }
            };
        }
    }
}
