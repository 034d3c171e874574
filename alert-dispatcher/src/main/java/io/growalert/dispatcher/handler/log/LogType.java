package io.growalert.dispatcher.handler.log;

import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.GroupWording;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Wording;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code log: {}}: a line to the logger {@code growalert.alerts}. */
public final class LogType implements HandlerType {
    private static final Logger ALERTS = LoggerFactory.getLogger("growalert.alerts");

    @Override
    public String key() {
        return "log";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        return Optional.of(new LogConfig());
    }

    private record LogConfig() implements HandlerConfig {
        @Override
        public Handler open() {
            return new LogHandler();
        }
    }

    private static final class LogHandler implements Handler {
        @Override
        public Outcome deliver(Notification notification) {
            ALERTS.info(line(notification));
            return new Outcome.Delivered("logged");
        }

        @Override
        public String preview(Notification notification) {
            return line(notification);
        }

        private static String line(Notification notification) {
            return switch (notification.content()) {
                case AlertEvent _ -> Wording.line(notification);
                case GroupEvent group -> GroupWording.line(group);
            };
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(10);
        }
    }
}
