package io.growalert.dispatcher.handler.email;

import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.MailServer;
import java.util.List;
import java.util.Properties;
import org.springframework.mail.javamail.JavaMailSenderImpl;

record EmailConfig(MailServer server, List<String> to) implements HandlerConfig {
    EmailConfig {
        to = List.copyOf(to);
    }

    @Override
    public Handler open() {
        return new EmailHandler(sender(), server.from(), to);
    }

    @Override
    public String toString() {
        return "EmailConfig[" + server.host() + ", " + to.size() + " addresses]";
    }

    private JavaMailSenderImpl sender() {
        var sender = new JavaMailSenderImpl();
        sender.setHost(server.host());
        sender.setPort(server.port());
        sender.setDefaultEncoding("UTF-8");
        var properties = new Properties();
        var protocol =
                switch (server.security()) {
                    case NONE -> "smtp";
                    case STARTTLS -> {
                        properties.setProperty("mail.smtp.starttls.enable", "true");
                        properties.setProperty("mail.smtp.starttls.required", "true");
                        yield "smtp";
                    }
                    case SSL -> "smtps";
                };
        sender.setProtocol(protocol);
        if (!server.username().isEmpty()) {
            sender.setUsername(server.username());
            sender.setPassword(server.password().value());
            properties.setProperty("mail." + protocol + ".auth", "true");
        }
        var limit = Long.toString(EmailHandler.SOCKET_TIMEOUT.toMillis());
        for (var step : List.of("connectiontimeout", "timeout", "writetimeout")) {
            properties.setProperty("mail." + protocol + "." + step, limit);
        }
        // one address that is refused must not prevent the others from receiving it
        properties.setProperty("mail." + protocol + ".sendpartial", "true");
        properties.setProperty("mail." + protocol + ".ssl.checkserveridentity", "true");
        sender.setJavaMailProperties(properties);
        return sender;
    }
}
