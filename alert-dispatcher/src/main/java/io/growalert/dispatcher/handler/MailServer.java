package io.growalert.dispatcher.handler;

import io.growalert.definitions.Secret;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The SMTP server for outgoing e-mail.
 *
 * @param username empty: no authentication
 * @param from the sender's address
 */
public record MailServer(
        @DefaultValue("127.0.0.1") @NotBlank String host,
        @DefaultValue("25") @Min(1) @Max(65535) int port,
        @DefaultValue("") String username,
        @DefaultValue("") Secret password,
        @DefaultValue("none") Security security,

        @DefaultValue("GrowAlert <growalert@localhost>") @NotBlank
        String from) {

    public enum Security {
        NONE,
        /** Encrypted after the greeting; required of the server. */
        STARTTLS,
        /** Encrypted from the first byte. */
        SSL
    }

    /** A mail server on this machine, port 25. */
    public static MailServer local() {
        return new MailServer("127.0.0.1", 25, "", new Secret(""), Security.NONE, "GrowAlert <growalert@localhost>");
    }
}
