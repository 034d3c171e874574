package io.growalert.dispatcher.handler.email;

import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.Map;
import java.util.Optional;

/**
 * {@code email: {to, from, host, port, username, password or password-file, security}}; the defaults, except for {@code to},
 * are the dispatcher's settings.
 */
public final class EmailType implements HandlerType {
    private static final Map<String, MailServer.Security> SECURITY = Map.of(
            "none", MailServer.Security.NONE,
            "starttls", MailServer.Security.STARTTLS,
            "ssl", MailServer.Security.SSL);

    @Override
    public String key() {
        return "email";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer defaults) {
        var to = section.texts("to");
        if (to.isEmpty()) {
            section.problem("to", "expected a list of at least one address, such as [grower@example.com]");
        }
        boolean valid = !to.isEmpty();
        for (var address : to) {
            valid &= isAddress(section, "to", address);
        }
        var from = section.text("from").orElse(defaults.from());
        valid &= isAddress(section, "from", from);
        var server = new MailServer(
                section.text("host").orElse(defaults.host()),
                section.integer("port", 1, 65_535).orElse(defaults.port()),
                section.text("username").orElse(defaults.username()),
                section.secret("password").orElse(defaults.password()),
                section.choice("security", SECURITY).orElse(defaults.security()),
                from);
        return valid ? Optional.of(new EmailConfig(server, to)) : Optional.empty();
    }

    private static boolean isAddress(Section section, String key, String address) {
        try {
            new InternetAddress(address, true);
            return true;
        } catch (AddressException e) {
            section.problem(key, "'%s' is no e-mail address".formatted(address));
            return false;
        }
    }
}
