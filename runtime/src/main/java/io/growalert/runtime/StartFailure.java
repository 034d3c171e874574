package io.growalert.runtime;

import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** A service cannot start. The message has a line for each error. */
public final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartFailure(String service, Throwable cause) {
        super(inWords(service, cause), cause);
    }

    private static String inWords(String service, Throwable thrown) {
        @Nullable String setting = null;
        @Nullable SQLException database = null;
        var deepest = thrown;
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            deepest = cause;
            switch (cause) {
                case PlainReason _ -> {
                    return String.valueOf(cause.getMessage());
                }
                case BindValidationException settings -> {
                    return settings.getValidationErrors().getAllErrors().stream()
                            .map(error -> inWords(settings, error))
                            .collect(Collectors.joining("\n"));
                }
                case PortInUseException port -> {
                    return "server.port %d is in use; stop what uses it or choose another".formatted(port.getPort());
                }
                case SQLException sql -> database = sql;
                case BindException bind -> setting = bind.getName().toString();
                default -> {}
            }
        }
        // what caused it does not name the server
        var reason = database == null ? deepest : database;
        return "%s: %s"
                .formatted(setting == null ? "the %s cannot start".formatted(service) : setting, reason.getMessage());
    }

    private static String inWords(BindValidationException settings, ObjectError error) {
        var prefix = settings.getValidationErrors().getName().toString();
        var message = String.valueOf(error.getDefaultMessage());
        if (message.startsWith(prefix)) {
            return message;
        }
        if (error instanceof FieldError field && !field.isBindingFailure()) {
            var property = "%s.%s".formatted(prefix, DataObjectPropertyName.toDashedForm(field.getField()));
            return "%s: %s (%s)".formatted(property, message, variable(property));
        }
        return "%s: %s".formatted(prefix, message);
    }

    /** The environment variable that sets a property, as Spring Boot names it. */
    private static String variable(String property) {
        return property.replace("-", "")
                .replaceAll("[^A-Za-z0-9]+", "_")
                .replaceAll("_$", "")
                .toUpperCase(Locale.ROOT);
    }
}
