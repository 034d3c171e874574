package io.growalert.dispatcher.template;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A response with the status 204 that announces a body, which the JDK's client rejects although the request succeeded. */
public final class NoContentAnswer {
    public static final int STATUS = 204;

    private static final String MESSAGE = "unexpected content length header with 204 response";

    private NoContentAnswer() {}

    /** Whether the client failed because of such a response. */
    public static boolean is(IOException failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (MESSAGE.equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }
}
