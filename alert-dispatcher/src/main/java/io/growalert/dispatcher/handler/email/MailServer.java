package io.growalert.dispatcher.handler.email;

import io.growalert.definitions.Secret;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where e-mail is handed in.
 *
 * @param username empty: nobody logs in
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
        /** Encrypted from the greeting on; a server that cannot do it is refused. */
        STARTTLS,
        /** Encrypted from the first byte on. */
        SSL
    }

    /** A mail server on this machine, as most have one. */
    public static MailServer local() {
        return new MailServer("127.0.0.1", 25, "", new Secret(""), Security.NONE, "GrowAlert <growalert@localhost>");
    }
}
