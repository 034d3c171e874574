package io.growalert.monitor;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** The service cannot start. The message says why, one line for each thing that is wrong. */
public final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartFailure(Throwable cause) {
        super(inWords(cause), cause);
    }

    private static String inWords(Throwable thrown) {
        var deepest = thrown;
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            deepest = cause;
            switch (cause) {
                case BadDefinitions definitions -> {
                    return String.valueOf(definitions.getMessage());
                }
                case BindValidationException settings -> {
                    return settings.getValidationErrors().getAllErrors().stream()
                            .map(error -> inWords(settings, error))
                            .collect(Collectors.joining("\n"));
                }
                case PortInUseException port -> {
                    return "server.port %d is in use; stop what uses it or choose another".formatted(port.getPort());
                }
                default -> {}
            }
        }
        var setting = binding(thrown);
        return setting == null
                ? "the monitor-service cannot start: " + deepest.getMessage()
                : "%s: %s".formatted(setting, deepest.getMessage());
    }

    private static String inWords(BindValidationException settings, ObjectError error) {
        var prefix = settings.getValidationErrors().getName().toString();
        var message = String.valueOf(error.getDefaultMessage());
        if (message.startsWith(prefix)) {
            return message;
        }
        return error instanceof FieldError field
                ? "%s.%s: %s".formatted(prefix, DataObjectPropertyName.toDashedForm(field.getField()), message)
                : "%s: %s".formatted(prefix, message);
    }

    private static @Nullable String binding(Throwable thrown) {
        String name = null;
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException bind) {
                name = bind.getName().toString();
            }
        }
        return name;
    }
}
